-- Whoever is in one stage, newest or changed last first, is found without sorting all of them.
CREATE INDEX people_by_stage_created ON people (stage, created_at, id) WHERE kind = 'member' AND deleted_at IS NULL;
CREATE INDEX people_by_stage_changed ON people (stage, changed_at, id) WHERE kind = 'member' AND deleted_at IS NULL;
