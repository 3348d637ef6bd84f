-- What is done about a request beside answering it.
ALTER TABLE requests ADD COLUMN escalated_at BIGINT;
ALTER TABLE requests ADD COLUMN appealed_at BIGINT;
-- When it closes by itself, and when the organization is reminded of that: the timers look for what is due here.
ALTER TABLE requests ADD COLUMN closes_at BIGINT;
ALTER TABLE requests ADD COLUMN remind_at BIGINT;
ALTER TABLE requests ADD COLUMN follows BIGINT REFERENCES requests (number) ON DELETE SET NULL;
CREATE INDEX requests_closes ON requests (closes_at) WHERE closes_at IS NOT NULL;
CREATE INDEX requests_reminds ON requests (remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX requests_follows ON requests (follows) WHERE follows IS NOT NULL;

-- What happened, on a line of kind 'state' that is more than a change of the state, or none. Where the backend
-- acted by itself ('remind', 'close') the author is whoever asked, and isn't shown.
ALTER TABLE entries ADD COLUMN act TEXT;

CREATE TABLE watches (
    request BIGINT NOT NULL REFERENCES requests (number) ON DELETE CASCADE,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    PRIMARY KEY (request, person)
);
CREATE INDEX watches_person ON watches (person);

CREATE TABLE ratings (
    request BIGINT PRIMARY KEY NOT NULL REFERENCES requests (number) ON DELETE CASCADE,
    value TEXT NOT NULL CHECK (value IN ('good', 'fair', 'poor')),
    comment TEXT,
    person TEXT NOT NULL REFERENCES people (id),
    at BIGINT NOT NULL
);

-- Who writes an answer just now. A mark is worth nothing after its time; each change has a number of its own, so
-- that every backend finds what is new.
CREATE TABLE answering (
    mark INTEGER PRIMARY KEY AUTOINCREMENT,
    request BIGINT NOT NULL REFERENCES requests (number) ON DELETE CASCADE,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    side TEXT NOT NULL CHECK (side IN ('organization', 'support')),
    until_at BIGINT NOT NULL,
    UNIQUE (request, person)
);

-- Numbers that were given and are no more: their address says so, and nobody else gets them.
CREATE TABLE gone_requests (
    number BIGINT PRIMARY KEY NOT NULL
);
CREATE TRIGGER requests_gone AFTER DELETE ON requests BEGIN
    INSERT INTO gone_requests (number) VALUES (OLD.number) ON CONFLICT (number) DO NOTHING;
END;
