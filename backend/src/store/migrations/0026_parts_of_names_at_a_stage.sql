-- A search by words within a stage reads no profile either but those that it shows.
DROP INDEX people_by_words;
CREATE INDEX people_by_words ON people (words_row, name_key, id, user_key, employee_key, stage, kind, deleted_at);
