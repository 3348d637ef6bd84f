-- Files that people send. The bytes lie in the folder `uploads`, under the name that `id` is; `received` says how
-- many of them are safe on the disk.
CREATE TABLE uploads (
    id TEXT PRIMARY KEY NOT NULL,
    person TEXT NOT NULL REFERENCES people (id),
    name TEXT NOT NULL,
    length BIGINT NOT NULL,
    received BIGINT NOT NULL DEFAULT 0,
    -- What it is, by its bytes; only once all of them have come.
    kind TEXT,
    created_at BIGINT NOT NULL,
    -- When it goes away, because it is not whole or was not sent by then. Null once it is part of something.
    expires_at BIGINT,
    -- When its bytes are erased though its row stays, and when they were.
    erase_at BIGINT,
    erased_at BIGINT,
    -- What it is part of: an entry of a thread, a report, an answer to a report.
    entry BIGINT REFERENCES entries (id) ON DELETE SET NULL,
    report BIGINT,
    answer BIGINT
);
CREATE INDEX uploads_person ON uploads (person, expires_at);
CREATE INDEX uploads_expires ON uploads (expires_at);
CREATE INDEX uploads_erase ON uploads (erase_at);
CREATE INDEX uploads_entry ON uploads (entry);
CREATE INDEX uploads_report ON uploads (report);
CREATE INDEX uploads_answer ON uploads (answer);

-- What goes takes its files along: they are due at once.
CREATE TRIGGER entries_take_uploads BEFORE DELETE ON entries BEGIN
    UPDATE uploads SET expires_at = 0, entry = NULL WHERE entry = OLD.id AND report IS NULL AND answer IS NULL;
    UPDATE uploads SET erase_at = 0, entry = NULL WHERE entry = OLD.id;
END;
