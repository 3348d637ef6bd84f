-- What a create made, and no longer the text of its answer: a retry is answered from what stands by then,
-- and nobody's words lie in a second place.
CREATE TABLE creates (
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    idempotency_key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    -- The identifier of what was made, as the wire writes it.
    made TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (person, idempotency_key)
);
INSERT INTO creates (person, idempotency_key, fingerprint, made, at)
    SELECT person, idempotency_key, fingerprint, CAST(json_extract(body, '$.id') AS TEXT), at FROM answers;
DROP TABLE answers;
ALTER TABLE creates RENAME TO answers;
CREATE INDEX answers_at ON answers (at);

-- Tries to sign in that failed, or that run just now: which account, from which network. Both are digests.
DROP TABLE tries;
CREATE TABLE tries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account BLOB NOT NULL,
    network BLOB NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX tries_pair ON tries (account, network, at);
CREATE INDEX tries_account ON tries (account, at);
CREATE INDEX tries_network ON tries (network, at);
CREATE INDEX tries_at ON tries (at);

-- Each audience counts the events that it hears, so that its numbers tell nothing of the others: agents hear
-- all of them (`id`), readers of requests all but notes (`public_id`), everybody else what is no request (`open_id`).
ALTER TABLE events ADD COLUMN public_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN open_id BIGINT NOT NULL DEFAULT 0;
UPDATE events SET public_id = counted.public_id, open_id = counted.open_id FROM (
    SELECT id, sum(internal = 0) OVER (ORDER BY id) AS public_id, sum(kind <> 'request') OVER (ORDER BY id) AS open_id
    FROM events
) AS counted WHERE counted.id = events.id;
CREATE INDEX events_public ON events (public_id);
CREATE INDEX events_open ON events (open_id);
CREATE TRIGGER events_numbered AFTER INSERT ON events BEGIN
    UPDATE events SET
        public_id = coalesce((SELECT e.public_id FROM events e WHERE e.id < NEW.id ORDER BY e.id DESC LIMIT 1), 0)
            + (NEW.internal = 0),
        open_id = coalesce((SELECT e.open_id FROM events e WHERE e.id < NEW.id ORDER BY e.id DESC LIMIT 1), 0)
            + (NEW.kind <> 'request')
    WHERE id = NEW.id;
END;

-- What the backend knew when it stopped, by name: the version of the settings that it served last.
CREATE TABLE marks (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);
