-- The status page: components, maintenance, what a provider says, who follows what, messages to chat groups.

-- Who wrote it: our agents ('own'), or the provider whose page is read ('upstream').
ALTER TABLE incidents ADD COLUMN source TEXT NOT NULL DEFAULT 'own';
ALTER TABLE incidents ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
CREATE INDEX incidents_resolved ON incidents (resolved_at, started_at);
CREATE INDEX incidents_updated ON incidents (updated_at);

CREATE TABLE incident_components (
    incident TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    component TEXT NOT NULL,
    PRIMARY KEY (incident, component)
);
CREATE INDEX incident_components_component ON incident_components (component);

CREATE TABLE maintenances (
    id TEXT PRIMARY KEY NOT NULL,
    source TEXT NOT NULL DEFAULT 'own',
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    scheduled_for BIGINT NOT NULL,
    scheduled_until BIGINT NOT NULL,
    ended_at BIGINT,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX maintenances_until ON maintenances (scheduled_until);
CREATE TABLE maintenance_components (
    maintenance TEXT NOT NULL REFERENCES maintenances (id) ON DELETE CASCADE,
    component TEXT NOT NULL,
    PRIMARY KEY (maintenance, component)
);

-- The worst that was reported of a component on a day (UTC, counted from 1970-01-01). A day without a row is one
-- that nobody watched. The level is its place in the contract's list, 0 is the best.
CREATE TABLE component_days (
    component TEXT NOT NULL,
    day BIGINT NOT NULL,
    level BIGINT NOT NULL,
    PRIMARY KEY (component, day)
);

-- The provider's page as it was read last, in one row.
CREATE TABLE upstream_status (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    url TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    page_url TEXT,
    -- What the page says of its own age: it never goes back.
    page_at BIGINT,
    -- When the copy was read, and when the page was understood in full.
    read_at BIGINT,
    sure_at BIGINT,
    -- From when on it is read at all.
    since BIGINT NOT NULL,
    -- Why the newest answer is no good; none when it was good.
    failure TEXT,
    summary_tag TEXT,
    incidents_tag TEXT
);
CREATE TABLE upstream_components (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    level BIGINT NOT NULL,
    place BIGINT NOT NULL,
    -- Its identifier on our page.
    component TEXT NOT NULL
);

CREATE TABLE follows (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    incident TEXT REFERENCES incidents (id) ON DELETE CASCADE,
    component TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (person, incident),
    UNIQUE (person, component)
);

-- Messages to chat groups: a queue that outlives the process, and the log of what became of them.
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook TEXT NOT NULL,
    -- What the receiver knows a repetition by.
    message TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    tries BIGINT NOT NULL DEFAULT 0,
    next_at BIGINT NOT NULL,
    -- What the last try ended with, in a word or a status.
    answer TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX deliveries_due ON deliveries (state, next_at);
