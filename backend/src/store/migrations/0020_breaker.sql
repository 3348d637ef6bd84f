-- How far a run was when somebody last let it go on: what makes it pause by itself counts from there.
ALTER TABLE runs ADD COLUMN from_done BIGINT NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN from_skipped BIGINT NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN from_failed BIGINT NOT NULL DEFAULT 0;
-- Which attributes a machine changed, beside the chain as names are: they are forgotten with the person.
ALTER TABLE audit ADD COLUMN changes_digest TEXT;
CREATE TABLE audit_changes (
    number INTEGER PRIMARY KEY NOT NULL REFERENCES audit (number),
    person TEXT,
    salt TEXT NOT NULL,
    words TEXT NOT NULL
);
CREATE INDEX audit_changes_person ON audit_changes (person);
-- From where a session began.
ALTER TABLE sessions ADD COLUMN network TEXT;
