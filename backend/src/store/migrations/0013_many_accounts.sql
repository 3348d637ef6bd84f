-- The stream tells of runs too: that one was asked for, decided, paused or is over. Everybody may hear that much.
CREATE TABLE events_with_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('request', 'report', 'status', 'settings', 'runs')),
    request BIGINT,
    version BIGINT,
    public_version BIGINT,
    internal INTEGER NOT NULL DEFAULT 0,
    at BIGINT NOT NULL,
    public_id BIGINT NOT NULL DEFAULT 0,
    open_id BIGINT NOT NULL DEFAULT 0
);
INSERT INTO events_with_runs (id, kind, request, version, public_version, internal, at, public_id, open_id)
    SELECT id, kind, request, version, public_version, internal, at, public_id, open_id FROM events;
DROP TABLE events;
ALTER TABLE events_with_runs RENAME TO events;
CREATE INDEX events_public ON events (public_id);
CREATE INDEX events_open ON events (open_id);
CREATE TRIGGER events_numbered AFTER INSERT ON events BEGIN
    UPDATE events SET
        public_id = coalesce((SELECT e.public_id FROM events e WHERE e.id < NEW.id ORDER BY e.id DESC LIMIT 1), 0)
            + (NEW.internal = 0),
        open_id = coalesce((SELECT e.open_id FROM events e WHERE e.id < NEW.id ORDER BY e.id DESC LIMIT 1), 0)
            + (NEW.kind NOT IN ('request', 'report'))
    WHERE id = NEW.id;
END;

-- Who asked for a new password. The links themselves are claims.
CREATE TABLE forgotten (
    person TEXT PRIMARY KEY NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    asked_at BIGINT NOT NULL
);
