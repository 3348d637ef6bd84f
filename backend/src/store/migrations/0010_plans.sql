-- Acts on people: plans that only look, and runs of them.
CREATE TABLE plans (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    action TEXT NOT NULL,
    by_person TEXT REFERENCES people (id) ON DELETE CASCADE,
    by_token TEXT,
    when_at BIGINT,
    reason TEXT,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    approval TEXT NOT NULL,
    consequences TEXT NOT NULL,
    counts TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE TABLE plan_rows (
    plan BIGINT NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    -- As the list named somebody whom we don't know.
    given TEXT,
    person TEXT REFERENCES people (id) ON DELETE CASCADE,
    -- The version of the account that was looked at.
    version BIGINT,
    stage TEXT,
    verdict TEXT NOT NULL,
    reason TEXT,
    date BIGINT,
    PRIMARY KEY (plan, number)
) WITHOUT ROWID;
CREATE INDEX plan_rows_person ON plan_rows (person);

CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- A plan is run once.
    plan BIGINT NOT NULL UNIQUE REFERENCES plans (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    approve_by BIGINT,
    decided_by TEXT REFERENCES people (id) ON DELETE SET NULL,
    decision_reason TEXT,
    emergency TEXT,
    started_at BIGINT,
    ended_at BIGINT,
    effective_at BIGINT,
    people BIGINT NOT NULL,
    done BIGINT NOT NULL DEFAULT 0,
    skipped BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0,
    -- Up to this row everybody was reached.
    reached BIGINT NOT NULL DEFAULT 0,
    network TEXT,
    receipt TEXT,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX runs_state ON runs (state, id);
CREATE TABLE run_rows (
    run BIGINT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    outcome TEXT NOT NULL,
    reason TEXT,
    at BIGINT,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;
CREATE INDEX run_rows_person ON run_rows (person);
CREATE INDEX run_rows_outcome ON run_rows (run, outcome, number);
