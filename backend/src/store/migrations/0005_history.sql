-- How lists are sorted: one whole number or one word for each column. Who must act comes before since when, and
-- whoever waits longest comes first.
ALTER TABLE requests ADD COLUMN turn_key BIGINT GENERATED ALWAYS AS (
    CASE WHEN state = 'solved' THEN 3 WHEN waiting_for = 'organization' THEN 0 WHEN waiting_for = 'support' THEN 1 ELSE 2 END
        * 100000000000000 + waiting_since
) VIRTUAL;
-- The level that counts: support's, where it set one.
ALTER TABLE requests ADD COLUMN level_key INTEGER GENERATED ALWAYS AS (
    CASE coalesce(support_priority, priority) WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END
) VIRTUAL;
-- The name of whoever asked, in small letters; triggers keep it.
ALTER TABLE requests ADD COLUMN asker_key TEXT NOT NULL DEFAULT '';
-- Its row in the words that the organization may read, and the version that stands there. Rows follow each other as
-- the requests changed last, so that what is found is read in that order, and no more of it than a page shows.
ALTER TABLE requests ADD COLUMN words_row BIGINT;
ALTER TABLE requests ADD COLUMN words_version BIGINT NOT NULL DEFAULT 0;

UPDATE requests SET asker_key = (SELECT lower(p.name) FROM people p WHERE p.id = requests.asked_by);
UPDATE requests SET words_row = ranked.place, words_version = public_version FROM (
    SELECT number, row_number() OVER (ORDER BY public_changed_at, number) AS place FROM requests
) AS ranked WHERE ranked.number = requests.number;
CREATE UNIQUE INDEX requests_words_row ON requests (words_row);

CREATE TRIGGER requests_asker_in AFTER INSERT ON requests BEGIN
    UPDATE requests SET asker_key = (SELECT lower(p.name) FROM people p WHERE p.id = NEW.asked_by) WHERE number = NEW.number;
END;
CREATE TRIGGER requests_asker_renamed AFTER UPDATE OF name ON people BEGIN
    UPDATE requests SET asker_key = lower(NEW.name) WHERE asked_by = NEW.id;
END;

-- A list walks one of these until its page is full. What stands behind the number is filtered on the way, without a
-- look at the row itself.
DROP INDEX requests_state_public_changed;
DROP INDEX requests_waiting;
CREATE INDEX requests_state_public_changed ON requests (state, public_changed_at, number, topic, priority, support_priority, channel, asked_by);
CREATE INDEX requests_waiting ON requests (waiting_for, public_changed_at, number);
CREATE INDEX requests_topic ON requests (topic, public_changed_at, number, state);
CREATE INDEX requests_priority ON requests (priority, public_changed_at, number, state);
CREATE INDEX requests_support_priority ON requests (support_priority, public_changed_at, number, state);
CREATE INDEX requests_channel ON requests (channel, public_changed_at, number, state);
CREATE INDEX requests_asker ON requests (asked_by, public_changed_at, number, state);
CREATE INDEX requests_by_turn ON requests (turn_key, number);
CREATE INDEX requests_by_level ON requests (level_key, number);
CREATE INDEX requests_by_asker ON requests (asker_key, number);
CREATE INDEX requests_by_topic ON requests (topic, number);
CREATE INDEX requests_by_channel ON requests (channel, number);
CREATE INDEX requests_state_turn ON requests (state, turn_key, number);
CREATE INDEX requests_state_level ON requests (state, level_key, number);
CREATE INDEX requests_state_asker ON requests (state, asker_key, number);

-- How many requests there are of each value of each filter, so that no list counts and every list knows its best way.
CREATE TABLE request_facets (
    facet TEXT NOT NULL CHECK (facet IN ('topic', 'priority', 'supportPriority', 'channel', 'askedBy')),
    value TEXT NOT NULL,
    state TEXT NOT NULL,
    waiting_for TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (facet, value, state, waiting_for)
);
INSERT INTO request_facets (facet, value, state, waiting_for, count)
    SELECT 'topic', topic, state, waiting_for, count(*) FROM requests GROUP BY topic, state, waiting_for;
INSERT INTO request_facets (facet, value, state, waiting_for, count)
    SELECT 'priority', priority, state, waiting_for, count(*) FROM requests GROUP BY priority, state, waiting_for;
INSERT INTO request_facets (facet, value, state, waiting_for, count)
    SELECT 'supportPriority', support_priority, state, waiting_for, count(*) FROM requests
    WHERE support_priority IS NOT NULL GROUP BY support_priority, state, waiting_for;
INSERT INTO request_facets (facet, value, state, waiting_for, count)
    SELECT 'channel', channel, state, waiting_for, count(*) FROM requests GROUP BY channel, state, waiting_for;
INSERT INTO request_facets (facet, value, state, waiting_for, count)
    SELECT 'askedBy', asked_by, state, waiting_for, count(*) FROM requests GROUP BY asked_by, state, waiting_for;

CREATE TRIGGER requests_sorted_in AFTER INSERT ON requests BEGIN
    INSERT INTO request_facets (facet, value, state, waiting_for, count)
        SELECT f.facet, f.value, NEW.state, NEW.waiting_for, 1 FROM (
            SELECT 'topic' AS facet, NEW.topic AS value UNION ALL SELECT 'priority', NEW.priority
            UNION ALL SELECT 'supportPriority', NEW.support_priority UNION ALL SELECT 'channel', NEW.channel
            UNION ALL SELECT 'askedBy', NEW.asked_by
        ) AS f WHERE f.value IS NOT NULL
    ON CONFLICT (facet, value, state, waiting_for) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER requests_sorted_out AFTER DELETE ON requests BEGIN
    UPDATE request_facets SET count = count - 1 WHERE state = OLD.state AND waiting_for = OLD.waiting_for AND (
        (facet = 'topic' AND value = OLD.topic) OR (facet = 'priority' AND value = OLD.priority)
        OR (facet = 'supportPriority' AND value = OLD.support_priority) OR (facet = 'channel' AND value = OLD.channel)
        OR (facet = 'askedBy' AND value = OLD.asked_by)
    );
END;
CREATE TRIGGER requests_sorted_over
AFTER UPDATE OF state, waiting_for, topic, priority, support_priority, channel, asked_by ON requests
WHEN OLD.state <> NEW.state OR OLD.waiting_for <> NEW.waiting_for OR OLD.topic <> NEW.topic OR OLD.priority <> NEW.priority
    OR coalesce(OLD.support_priority, '') <> coalesce(NEW.support_priority, '') OR OLD.channel <> NEW.channel
    OR OLD.asked_by <> NEW.asked_by
BEGIN
    UPDATE request_facets SET count = count - 1 WHERE state = OLD.state AND waiting_for = OLD.waiting_for AND (
        (facet = 'topic' AND value = OLD.topic) OR (facet = 'priority' AND value = OLD.priority)
        OR (facet = 'supportPriority' AND value = OLD.support_priority) OR (facet = 'channel' AND value = OLD.channel)
        OR (facet = 'askedBy' AND value = OLD.asked_by)
    );
    INSERT INTO request_facets (facet, value, state, waiting_for, count)
        SELECT f.facet, f.value, NEW.state, NEW.waiting_for, 1 FROM (
            SELECT 'topic' AS facet, NEW.topic AS value UNION ALL SELECT 'priority', NEW.priority
            UNION ALL SELECT 'supportPriority', NEW.support_priority UNION ALL SELECT 'channel', NEW.channel
            UNION ALL SELECT 'askedBy', NEW.asked_by
        ) AS f WHERE f.value IS NOT NULL
    ON CONFLICT (facet, value, state, waiting_for) DO UPDATE SET count = count + 1;
END;

-- How many requests changed last in which week (of 604,800,000 milliseconds since 1970), so that a jump into the middle
-- of a list passes over whole weeks.
CREATE TABLE request_weeks (
    state TEXT NOT NULL,
    week BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (state, week)
);
INSERT INTO request_weeks (state, week, count)
    SELECT state, public_changed_at / 604800000, count(*) FROM requests GROUP BY state, public_changed_at / 604800000;
CREATE TRIGGER requests_weeks_in AFTER INSERT ON requests BEGIN
    INSERT INTO request_weeks (state, week, count) VALUES (NEW.state, NEW.public_changed_at / 604800000, 1)
    ON CONFLICT (state, week) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER requests_weeks_out AFTER DELETE ON requests BEGIN
    UPDATE request_weeks SET count = count - 1 WHERE state = OLD.state AND week = OLD.public_changed_at / 604800000;
END;
CREATE TRIGGER requests_weeks_over AFTER UPDATE OF state, public_changed_at ON requests
WHEN OLD.state <> NEW.state OR OLD.public_changed_at / 604800000 <> NEW.public_changed_at / 604800000 BEGIN
    UPDATE request_weeks SET count = count - 1 WHERE state = OLD.state AND week = OLD.public_changed_at / 604800000;
    INSERT INTO request_weeks (state, week, count) VALUES (NEW.state, NEW.public_changed_at / 604800000, 1)
    ON CONFLICT (state, week) DO UPDATE SET count = count + 1;
END;

-- What the organization may read, in the order of the last changes.
CREATE VIRTUAL TABLE public_words USING fts5 (
    subject, body, content = '', contentless_delete = 1, prefix = '3', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO public_words (rowid, subject, body) SELECT r.words_row, r.subject,
    (SELECT group_concat(e.body, char(10)) FROM entries e WHERE e.request = r.number AND e.kind = 'message' AND e.internal = 0)
    FROM requests r ORDER BY r.words_row;
-- Every word that stands there. The beginning of a word is looked for as all words that begin so: each of them is read
-- in order, which all of them together are not.
CREATE VIRTUAL TABLE public_terms USING fts5vocab ('public_words', 'row');
CREATE TABLE request_terms (word TEXT PRIMARY KEY NOT NULL);
INSERT INTO request_terms (word) SELECT term FROM public_terms;
-- One request at a time is taken apart here.
CREATE VIRTUAL TABLE one_request USING fts5 (body, content = '', tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE one_request_terms USING fts5vocab ('one_request', 'row');

-- Lists that somebody keeps: filters, order and columns as the address of the page has them.
CREATE TABLE views (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    -- Whose side sees it when it is shared.
    side TEXT NOT NULL CHECK (side IN ('organization', 'support')),
    shared INTEGER NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX views_owner ON views (owner);
CREATE INDEX views_shared ON views (side, shared);

-- What somebody has read: each request up to a version, and everything that had changed before they read their first.
CREATE TABLE readers (
    person TEXT PRIMARY KEY NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    begun_at BIGINT NOT NULL
);
CREATE TABLE reads (
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    request BIGINT NOT NULL REFERENCES requests (number) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    PRIMARY KEY (person, request)
);
CREATE INDEX reads_request ON reads (request);
