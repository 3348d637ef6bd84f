-- People as SCIM resources. `resource` is what a client may write; the keys are taken from it by the one function that
-- writes it, for filters and orders.
ALTER TABLE people ADD COLUMN resource TEXT NOT NULL DEFAULT '{}';
ALTER TABLE people ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN user_key TEXT;
ALTER TABLE people ADD COLUMN department_key TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN employee_key TEXT;
ALTER TABLE people ADD COLUMN phone_key TEXT;
ALTER TABLE people ADD COLUMN external_id TEXT;
ALTER TABLE people ADD COLUMN manager TEXT;
ALTER TABLE people ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
-- The machine that wrote it last, by the name of its token.
ALTER TABLE people ADD COLUMN managed_by TEXT;

-- The life of the account.
ALTER TABLE people ADD COLUMN invited_at BIGINT;
ALTER TABLE people ADD COLUMN reminders BIGINT NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN claimed_at BIGINT;
ALTER TABLE people ADD COLUMN deactivated_at BIGINT;
ALTER TABLE people ADD COLUMN memberships_removed_at BIGINT;
ALTER TABLE people ADD COLUMN fields_removed_at BIGINT;
ALTER TABLE people ADD COLUMN scheduled_for BIGINT;
ALTER TABLE people ADD COLUMN deletion_at BIGINT;
ALTER TABLE people ADD COLUMN held_at BIGINT;
ALTER TABLE people ADD COLUMN leaves_at BIGINT;
-- What waits was asked for by this run.
ALTER TABLE people ADD COLUMN waits_for_run BIGINT;
-- A deleted account leaves a row without a name, so that what others wrote to it still stands.
ALTER TABLE people ADD COLUMN deleted_at BIGINT;
-- When something is due next.
ALTER TABLE people ADD COLUMN due_at BIGINT;
-- Content by the provider's count.
ALTER TABLE people ADD COLUMN content TEXT;
ALTER TABLE people ADD COLUMN stage TEXT GENERATED ALWAYS AS (
    CASE WHEN fields_removed_at IS NOT NULL THEN 'former' WHEN active = 0 THEN 'deactivated'
        WHEN claimed_at IS NOT NULL THEN 'active' WHEN invited_at IS NOT NULL THEN 'invited' ELSE 'provisioned' END
) VIRTUAL;

-- Whoever was there before is in use.
UPDATE people SET
    resource = json_object(
        'userName', email, 'displayName', name,
        'emails', json_array(json_object('value', email, 'type', 'work', 'primary', json('true'))),
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', json_object('department', department)
    ),
    name_key = lower(name), user_key = email_key, department_key = lower(department),
    changed_at = created_at, invited_at = created_at, claimed_at = created_at,
    deactivated_at = CASE WHEN active = 0 THEN created_at END;

CREATE UNIQUE INDEX people_user ON people (user_key) WHERE user_key IS NOT NULL;
CREATE INDEX people_employee ON people (employee_key) WHERE employee_key IS NOT NULL;
CREATE INDEX people_phone ON people (phone_key) WHERE phone_key IS NOT NULL;
CREATE INDEX people_external ON people (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX people_manager ON people (manager) WHERE manager IS NOT NULL;
CREATE INDEX people_due ON people (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX people_leaving ON people (leaves_at) WHERE leaves_at IS NOT NULL AND active = 1;
CREATE INDEX people_held ON people (held_at) WHERE held_at IS NOT NULL;
CREATE INDEX people_waiting_run ON people (waits_for_run) WHERE waits_for_run IS NOT NULL;
-- A list walks one of these until its page is full.
CREATE INDEX people_by_name ON people (name_key, id, email_key, user_key, stage, kind, deleted_at) WHERE kind = 'member' AND deleted_at IS NULL;
CREATE INDEX people_by_user ON people (user_key, id, name_key, email_key, stage, kind, deleted_at) WHERE kind = 'member' AND deleted_at IS NULL;
CREATE INDEX people_by_created ON people (created_at, id) WHERE kind = 'member' AND deleted_at IS NULL;
CREATE INDEX people_by_changed ON people (changed_at, id) WHERE kind = 'member' AND deleted_at IS NULL;
CREATE INDEX people_by_id ON people (id) WHERE kind = 'member' AND deleted_at IS NULL;
CREATE INDEX people_by_stage ON people (stage, name_key, id) WHERE kind = 'member' AND deleted_at IS NULL;
CREATE INDEX people_by_department ON people (department_key, name_key, id) WHERE kind = 'member' AND deleted_at IS NULL;
CREATE INDEX people_by_department_alone ON people (department_key, id) WHERE kind = 'member' AND deleted_at IS NULL;

-- Every address of somebody.
CREATE TABLE people_emails (
    email_key TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    PRIMARY KEY (email_key, person)
) WITHOUT ROWID;
INSERT INTO people_emails (email_key, person) SELECT email_key, id FROM people;
CREATE INDEX people_emails_person ON people_emails (person);

-- How many there are in each stage, so that no list counts.
CREATE TABLE people_counts (stage TEXT PRIMARY KEY NOT NULL, count BIGINT NOT NULL);
INSERT INTO people_counts (stage, count)
    SELECT stage, count(*) FROM people WHERE kind = 'member' AND deleted_at IS NULL GROUP BY stage;
CREATE TRIGGER people_counted_in AFTER INSERT ON people WHEN NEW.kind = 'member' AND NEW.deleted_at IS NULL BEGIN
    INSERT INTO people_counts (stage, count) VALUES (NEW.stage, 1) ON CONFLICT (stage) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER people_counted_out AFTER DELETE ON people WHEN OLD.kind = 'member' AND OLD.deleted_at IS NULL BEGIN
    UPDATE people_counts SET count = count - 1 WHERE stage = OLD.stage;
END;
CREATE TRIGGER people_counted_over
AFTER UPDATE OF active, invited_at, claimed_at, fields_removed_at, deleted_at ON people
WHEN NEW.kind = 'member' AND (OLD.stage <> NEW.stage OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)) BEGIN
    UPDATE people_counts SET count = count - 1 WHERE stage = OLD.stage AND OLD.deleted_at IS NULL;
    INSERT INTO people_counts (stage, count) SELECT NEW.stage, 1 WHERE NEW.deleted_at IS NULL
    ON CONFLICT (stage) DO UPDATE SET count = count + 1;
END;

CREATE TABLE person_groups (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    external_id TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX person_groups_by_name ON person_groups (name_key, id);
CREATE TABLE memberships (
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    in_group TEXT NOT NULL REFERENCES person_groups (id) ON DELETE CASCADE,
    owner INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (person, in_group)
) WITHOUT ROWID;
CREATE INDEX memberships_group ON memberships (in_group, owner, person);

-- What somebody had at the last deactivation, for "what comes back".
CREATE TABLE snapshots (
    person TEXT PRIMARY KEY NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    body TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- Bearer tokens of machines.
CREATE TABLE tokens (
    -- SHA-256 of the secret.
    id BLOB PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('scim', 'api', 'report')),
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);

-- The audit log. Names and words lie beside it with their salts; the chain has only their digests, so that
-- somebody can be erased and the chain still holds.
CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT,
    actor_digest TEXT,
    what TEXT NOT NULL,
    subject TEXT,
    subject_digest TEXT,
    network TEXT,
    before_word TEXT,
    after_word TEXT,
    reason_digest TEXT,
    run BIGINT,
    hash TEXT NOT NULL
);
CREATE INDEX audit_subject ON audit (subject, number);
CREATE INDEX audit_what ON audit (what, number);
CREATE TABLE audit_words (
    number BIGINT NOT NULL REFERENCES audit (number),
    field TEXT NOT NULL CHECK (field IN ('actor', 'subject', 'reason')),
    -- Who is erased with it; the reason of an act goes with the person to whom it was done.
    person TEXT,
    salt TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (number, field)
);
CREATE INDEX audit_words_person ON audit_words (person);
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit log is not changed'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit log is not changed'); END;
