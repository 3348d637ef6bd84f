-- A part of a name, a user name, an e-mail or an employee number is found without reading everybody: who has which two
-- and three letters in a row. The letters stand there as hexadecimal numbers, so that no tokenizer has a word in it.
CREATE VIRTUAL TABLE people_grams USING fts5 (grams, content = '', detail = 'none', columnsize = 0, tokenize = 'ascii');
-- Whoever is erased leaves nothing in it, not even until the next merge.
INSERT INTO people_grams (people_grams, rank) VALUES ('secure-delete', 1);
-- The row of somebody there: a new one with each change. Whoever has none yet gets one when the backend starts.
ALTER TABLE people ADD COLUMN words_row BIGINT;
-- What a search by words compares and sorts by stands in it, so that it reads no profile but those that it shows.
CREATE INDEX people_by_words ON people (words_row, name_key, id, user_key, employee_key, kind, deleted_at);
