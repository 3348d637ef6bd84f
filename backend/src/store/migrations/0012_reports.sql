-- Problem reports: what employees tell the admins of their own organization, in groups of what is alike.
CREATE TABLE report_groups (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    -- What the admins call it; nothing before they do.
    title TEXT,
    -- The first words, the page and the topic of its first report.
    words TEXT NOT NULL,
    page TEXT,
    topic TEXT,
    state TEXT NOT NULL CHECK (state IN ('new', 'known', 'answered', 'closed')),
    -- Triggers count.
    reports BIGINT NOT NULL DEFAULT 0,
    new_reports BIGINT NOT NULL DEFAULT 0,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    incident TEXT REFERENCES incidents (id) ON DELETE SET NULL,
    request BIGINT REFERENCES requests (number) ON DELETE SET NULL,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX report_groups_last ON report_groups (last_at, number);
CREATE INDEX report_groups_state ON report_groups (state, last_at, number);
CREATE INDEX report_groups_topic ON report_groups (topic, last_at, number);
CREATE INDEX report_groups_incident ON report_groups (incident);
CREATE INDEX report_groups_request ON report_groups (request);

CREATE TABLE reports (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    report_group BIGINT NOT NULL REFERENCES report_groups (number),
    -- Nobody when it came without a session.
    person TEXT REFERENCES people (id),
    email TEXT,
    source TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'known', 'answered', 'closed')),
    body TEXT NOT NULL,
    page TEXT,
    topic TEXT,
    scope TEXT NOT NULL,
    contact INTEGER NOT NULL DEFAULT 0,
    browser TEXT,
    screen TEXT,
    language TEXT,
    -- A JSON list of texts.
    errors TEXT NOT NULL DEFAULT '[]',
    at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX reports_group ON reports (report_group, number);
CREATE INDEX reports_person ON reports (person, number);

-- The words by which alike reports are found.
CREATE TABLE report_stems (
    stem TEXT NOT NULL,
    report BIGINT NOT NULL REFERENCES reports (number) ON DELETE CASCADE,
    PRIMARY KEY (stem, report)
);
CREATE INDEX report_stems_report ON report_stems (report);

CREATE TABLE report_answers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    report BIGINT NOT NULL REFERENCES reports (number) ON DELETE CASCADE,
    author TEXT NOT NULL REFERENCES people (id),
    is_admin INTEGER NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX report_answers_report ON report_answers (report, id);

-- How many reports came on a day (UTC, counted from 1970-01-01), by group; group 0 is all of them.
CREATE TABLE report_days (
    report_group BIGINT NOT NULL,
    day BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (report_group, day)
);
CREATE INDEX report_days_day ON report_days (day, count);

-- How many groups stand how, so that no list counts.
CREATE TABLE report_group_counts (
    state TEXT PRIMARY KEY NOT NULL,
    count BIGINT NOT NULL
);
CREATE TRIGGER report_groups_counted_in AFTER INSERT ON report_groups BEGIN
    INSERT INTO report_group_counts (state, count) VALUES (NEW.state, 1)
    ON CONFLICT (state) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER report_groups_counted_out AFTER DELETE ON report_groups BEGIN
    UPDATE report_group_counts SET count = count - 1 WHERE state = OLD.state;
END;
CREATE TRIGGER report_groups_counted_over AFTER UPDATE OF state ON report_groups WHEN OLD.state <> NEW.state BEGIN
    UPDATE report_group_counts SET count = count - 1 WHERE state = OLD.state;
    INSERT INTO report_group_counts (state, count) VALUES (NEW.state, 1)
    ON CONFLICT (state) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER reports_counted_in AFTER INSERT ON reports BEGIN
    UPDATE report_groups SET reports = reports + 1, new_reports = new_reports + (NEW.state = 'new'),
        first_at = min(first_at, NEW.at), last_at = max(last_at, NEW.at) WHERE number = NEW.report_group;
    INSERT INTO report_days (report_group, day, count) VALUES (NEW.report_group, NEW.at / 86400000, 1)
    ON CONFLICT (report_group, day) DO UPDATE SET count = count + 1;
    INSERT INTO report_days (report_group, day, count) VALUES (0, NEW.at / 86400000, 1)
    ON CONFLICT (report_group, day) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER reports_counted_out AFTER DELETE ON reports BEGIN
    UPDATE report_groups SET reports = reports - 1, new_reports = new_reports - (OLD.state = 'new')
        WHERE number = OLD.report_group;
    UPDATE report_days SET count = count - 1 WHERE report_group IN (0, OLD.report_group) AND day = OLD.at / 86400000;
    UPDATE uploads SET expires_at = 0, report = NULL WHERE report = OLD.number AND entry IS NULL;
END;
CREATE TRIGGER reports_counted_over AFTER UPDATE OF state ON reports WHEN OLD.state <> NEW.state BEGIN
    UPDATE report_groups SET new_reports = new_reports - (OLD.state = 'new') + (NEW.state = 'new')
        WHERE number = NEW.report_group;
END;
CREATE TRIGGER reports_moved AFTER UPDATE OF report_group ON reports WHEN OLD.report_group <> NEW.report_group BEGIN
    UPDATE report_groups SET reports = reports - 1, new_reports = new_reports - (OLD.state = 'new')
        WHERE number = OLD.report_group;
    UPDATE report_groups SET reports = reports + 1, new_reports = new_reports + (NEW.state = 'new')
        WHERE number = NEW.report_group;
    UPDATE report_days SET count = count - 1 WHERE report_group = OLD.report_group AND day = OLD.at / 86400000;
    INSERT INTO report_days (report_group, day, count) VALUES (NEW.report_group, NEW.at / 86400000, 1)
    ON CONFLICT (report_group, day) DO UPDATE SET count = count + 1;
END;

-- Reports that came without a session, by the digest of their network: so many an hour.
CREATE TABLE report_tries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    network BLOB NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX report_tries_network ON report_tries (network, at);
CREATE INDEX report_tries_at ON report_tries (at);

-- The stream tells of reports too: those who may read requests hear it, everybody else counts on without.
CREATE TABLE events_with_reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('request', 'report', 'status', 'settings')),
    request BIGINT,
    version BIGINT,
    public_version BIGINT,
    internal INTEGER NOT NULL DEFAULT 0,
    at BIGINT NOT NULL,
    public_id BIGINT NOT NULL DEFAULT 0,
    open_id BIGINT NOT NULL DEFAULT 0
);
INSERT INTO events_with_reports (id, kind, request, version, public_version, internal, at, public_id, open_id)
    SELECT id, kind, request, version, public_version, internal, at, public_id, open_id FROM events;
DROP TABLE events;
ALTER TABLE events_with_reports RENAME TO events;
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
