-- Times are milliseconds since 1970-01-01T00:00:00Z. Words are those of the wire.

CREATE TABLE people (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    -- The address in lower case: how somebody is found.
    email_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('member', 'agent')),
    department TEXT NOT NULL DEFAULT '',
    active INTEGER NOT NULL DEFAULT 1,
    password TEXT,
    -- 1 while the password is the one that everybody knows from the manual.
    default_password INTEGER NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);

CREATE TABLE rights (
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    word TEXT NOT NULL,
    PRIMARY KEY (person, word)
);

CREATE TABLE sessions (
    -- SHA-256 of the cookie's secret.
    id BLOB PRIMARY KEY NOT NULL,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    shared INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL
);
CREATE INDEX sessions_person ON sessions (person);

CREATE TABLE claims (
    -- SHA-256 of the link's secret.
    id BLOB PRIMARY KEY NOT NULL,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    ends_at BIGINT NOT NULL,
    used_at BIGINT
);

-- Tries to sign in that failed, or that run just now. The subject is a digest, never an address.
CREATE TABLE tries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subject BLOB NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX tries_subject ON tries (subject, at);
CREATE INDEX tries_at ON tries (at);

CREATE TABLE requests (
    number INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    topic TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'hold', 'solved')),
    waiting_for TEXT NOT NULL CHECK (waiting_for IN ('organization', 'support', 'nobody')),
    waiting_since BIGINT NOT NULL,
    priority TEXT NOT NULL CHECK (priority IN ('low', 'medium', 'high')),
    support_priority TEXT CHECK (support_priority IN ('low', 'medium', 'high')),
    channel TEXT NOT NULL,
    language TEXT NOT NULL,
    asked_by TEXT NOT NULL REFERENCES people (id),
    affected_kind TEXT CHECK (affected_kind IN ('people', 'percent')),
    affected BIGINT,
    -- The side of the last word that everybody can read.
    last_side TEXT NOT NULL CHECK (last_side IN ('organization', 'support')),
    created_at BIGINT NOT NULL,
    solved_at BIGINT,
    answer_by BIGINT,
    -- What agents see of time and version, and what the organization sees: notes count for agents only.
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    public_changed_at BIGINT NOT NULL,
    public_version BIGINT NOT NULL
);
CREATE INDEX requests_changed ON requests (changed_at, number);
CREATE INDEX requests_public_changed ON requests (public_changed_at, number);
CREATE INDEX requests_created ON requests (created_at, number);
CREATE INDEX requests_state_changed ON requests (state, changed_at, number);
CREATE INDEX requests_state_public_changed ON requests (state, public_changed_at, number);
CREATE INDEX requests_waiting ON requests (waiting_for, public_changed_at, number);

CREATE TABLE entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request BIGINT NOT NULL REFERENCES requests (number) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('message', 'state', 'priority')),
    author TEXT NOT NULL REFERENCES people (id),
    side TEXT NOT NULL CHECK (side IN ('organization', 'support')),
    internal INTEGER NOT NULL DEFAULT 0,
    -- The words of a message, the reason of a change.
    body TEXT,
    from_word TEXT,
    to_word TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX entries_request ON entries (request, id);

-- How many requests there are of each kind, so that no list counts.
CREATE TABLE request_counts (
    state TEXT NOT NULL,
    waiting_for TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (state, waiting_for)
);

CREATE TRIGGER requests_counted_in AFTER INSERT ON requests BEGIN
    INSERT INTO request_counts (state, waiting_for, count) VALUES (NEW.state, NEW.waiting_for, 1)
    ON CONFLICT (state, waiting_for) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER requests_counted_out AFTER DELETE ON requests BEGIN
    UPDATE request_counts SET count = count - 1 WHERE state = OLD.state AND waiting_for = OLD.waiting_for;
END;

CREATE TRIGGER requests_counted_over AFTER UPDATE OF state, waiting_for ON requests
WHEN OLD.state <> NEW.state OR OLD.waiting_for <> NEW.waiting_for BEGIN
    UPDATE request_counts SET count = count - 1 WHERE state = OLD.state AND waiting_for = OLD.waiting_for;
    INSERT INTO request_counts (state, waiting_for, count) VALUES (NEW.state, NEW.waiting_for, 1)
    ON CONFLICT (state, waiting_for) DO UPDATE SET count = count + 1;
END;

-- Full text: every request, and once more those that are not solved, which "Is it one of these?" asks for.
CREATE VIRTUAL TABLE request_words USING fts5 (
    subject, body, notes, content = '', contentless_delete = 1, prefix = '3', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE unsolved_words USING fts5 (
    subject, body, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

-- Answers to creates, so that a retry is answered as the first call was.
CREATE TABLE answers (
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    idempotency_key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    status INTEGER NOT NULL,
    location TEXT,
    tag TEXT,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (person, idempotency_key)
);
CREATE INDEX answers_at ON answers (at);

-- What the live stream tells. Ids never come back, even after the oldest are gone.
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('request', 'status', 'settings')),
    request BIGINT,
    version BIGINT,
    public_version BIGINT,
    -- 1 when only agents may know of it.
    internal INTEGER NOT NULL DEFAULT 0,
    at BIGINT NOT NULL
);

CREATE TABLE incidents (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    impact TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    resolved_at BIGINT,
    updated_at BIGINT NOT NULL
);
CREATE TABLE incident_topics (
    incident TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    topic TEXT NOT NULL,
    PRIMARY KEY (incident, topic)
);
CREATE TABLE incident_updates (
    id TEXT PRIMARY KEY NOT NULL,
    incident TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX incident_updates_incident ON incident_updates (incident, created_at);
