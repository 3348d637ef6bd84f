-- Erasing somebody asks whose manager they were when that was noted, which reasons name them, and by what a list named
-- somebody whom we didn't know. Without these it reads all that was ever noted, for each person anew.
-- Earlier releases noted a manager by name alone.
CREATE INDEX snapshots_manager ON snapshots (coalesce(json_extract(body, '$.managerId'), json_extract(body, '$.manager')));
CREATE INDEX audit_reasons ON audit_words (words) WHERE field = 'reason';
CREATE INDEX plan_rows_given ON plan_rows (lower(trim(given))) WHERE given IS NOT NULL;
