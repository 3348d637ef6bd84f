-- Admins are told that somebody can't sign in: one more kind of e-mail, which the check of the table has to know.
CREATE TABLE mails_known (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('request', 'incident', 'invitation', 'reminder', 'password', 'lockedout')),
    message TEXT NOT NULL UNIQUE,
    request BIGINT REFERENCES requests (number) ON DELETE CASCADE,
    first_entry BIGINT,
    last_entry BIGINT,
    incident TEXT REFERENCES incidents (id) ON DELETE CASCADE,
    incident_update TEXT,
    secret TEXT,
    words TEXT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'refused', 'expired', 'void')),
    tries BIGINT NOT NULL DEFAULT 0,
    next_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    answer TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    UNIQUE (person, incident_update)
);
INSERT INTO mails_known (id, person, kind, message, request, first_entry, last_entry, incident, incident_update, secret, words,
    state, tries, next_at, expires_at, answer, created_at, ended_at)
    SELECT id, person, kind, message, request, first_entry, last_entry, incident, incident_update, secret, words,
    state, tries, next_at, expires_at, answer, created_at, ended_at FROM mails;
DROP TABLE mails;
ALTER TABLE mails_known RENAME TO mails;
CREATE INDEX mails_due ON mails (next_at) WHERE state = 'waiting';
CREATE INDEX mails_expiring ON mails (expires_at) WHERE state = 'waiting';
CREATE INDEX mails_request ON mails (request, person) WHERE state = 'waiting';
CREATE INDEX mails_ended ON mails (created_at) WHERE state <> 'waiting';
-- When somebody was told last.
CREATE INDEX mails_locked_out ON mails (person, state, ended_at) WHERE kind = 'lockedout';
