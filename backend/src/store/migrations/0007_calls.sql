-- Call-backs of support. The newest of a request counts; older ones say what was allowed and when.
CREATE TABLE calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request BIGINT NOT NULL REFERENCES requests (number) ON DELETE CASCADE,
    -- Who is called, and who allowed the recording.
    person TEXT NOT NULL REFERENCES people (id),
    state TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT NOT NULL,
    -- In full while it is needed; once the call is over, its last digits alone.
    number TEXT NOT NULL,
    -- What the agent must say; another one for each try, none when nobody will call.
    word TEXT,
    -- The words by which the recording was allowed, exactly as they were shown.
    consent TEXT,
    consent_at BIGINT,
    withdrawn_at BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX calls_request ON calls (request, id);
CREATE INDEX calls_person ON calls (person);

-- Threads get entries of kinds that the first release didn't know, such as `call`. SQLite takes a CHECK off a
-- table that others refer to only in its own description; no row changes (https://sqlite.org/lang_altertable.html).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
    SET sql = replace(sql, ' CHECK (kind IN (''message'', ''state'', ''priority''))', '')
    WHERE type = 'table' AND name = 'entries';
PRAGMA writable_schema = RESET;
