-- Who takes over what leavers have of the organization's, what that was as it was shown, and what has changed hands.
ALTER TABLE plans ADD COLUMN heir TEXT REFERENCES people (id) ON DELETE SET NULL;
ALTER TABLE plans ADD COLUMN belongings TEXT;
ALTER TABLE runs ADD COLUMN handed TEXT;
CREATE INDEX plans_by_person ON plans (by_person) WHERE by_person IS NOT NULL;
