-- E-mails that wait to be sent, and what became of the others. Their words are put together when they are sent; a
-- one-time link and an admin's own words lie here until then, and no longer.
CREATE TABLE mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('request', 'incident', 'invitation', 'reminder', 'password')),
    -- What its Message-ID begins with: the same each time it is tried.
    message TEXT NOT NULL UNIQUE,
    request BIGINT REFERENCES requests (number) ON DELETE CASCADE,
    -- Its news begin with this entry of the thread; they end with that one, as soon as it was tried.
    first_entry BIGINT,
    last_entry BIGINT,
    incident TEXT REFERENCES incidents (id) ON DELETE CASCADE,
    incident_update TEXT,
    -- The secret of the one-time link, and what an admin wrote beside it.
    secret TEXT,
    words TEXT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'refused', 'expired', 'void')),
    tries BIGINT NOT NULL DEFAULT 0,
    next_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- What the last try ended with.
    answer TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    UNIQUE (person, incident_update)
);
CREATE INDEX mails_due ON mails (next_at) WHERE state = 'waiting';
CREATE INDEX mails_expiring ON mails (expires_at) WHERE state = 'waiting';
CREATE INDEX mails_request ON mails (request, person) WHERE state = 'waiting';
CREATE INDEX mails_ended ON mails (created_at) WHERE state <> 'waiting';

-- Who gets e-mails about what, with the word that stops them without a session. Made with the first of them.
CREATE TABLE mail_threads (
    word TEXT PRIMARY KEY NOT NULL,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    request BIGINT REFERENCES requests (number) ON DELETE CASCADE,
    incident TEXT REFERENCES incidents (id) ON DELETE CASCADE,
    stopped_at BIGINT,
    UNIQUE (person, request),
    UNIQUE (person, incident)
);

-- What an admin wrote to the people of a run, for their e-mails.
ALTER TABLE runs ADD COLUMN words TEXT;
