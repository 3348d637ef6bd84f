-- The organization's own provider of accounts, whose people are mirrored in `people`.
CREATE TABLE mirror (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    url TEXT NOT NULL,
    -- What it says it can do, as JSON.
    abilities TEXT,
    -- Counts the readings, so that whoever isn't told any more is found.
    round BIGINT NOT NULL DEFAULT 0,
    -- When all of it was last read.
    read_at BIGINT,
    -- Why the newest reading is not whole.
    failure TEXT,
    -- How many records are no people, or somebody else's address or user name stands in their way.
    unreadable BIGINT NOT NULL DEFAULT 0,
    conflicts BIGINT NOT NULL DEFAULT 0
);
-- Whom the provider knows, by its own identifier.
CREATE TABLE mirror_people (
    person TEXT PRIMARY KEY NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    theirs TEXT NOT NULL UNIQUE,
    -- The reading that told the person last.
    round BIGINT NOT NULL,
    -- 1 while dates of the life are guessed from what the provider says.
    estimate INTEGER NOT NULL DEFAULT 0,
    -- Since when the provider has this account no more.
    missing_since BIGINT
);
CREATE INDEX mirror_people_round ON mirror_people (round) WHERE missing_since IS NULL;
-- Written before the provider is asked, so that after a kill its state is known to be our own doing.
CREATE TABLE mirror_asked (
    person TEXT PRIMARY KEY NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    act TEXT NOT NULL,
    at BIGINT NOT NULL
);
-- What somebody must know: it stands until it holds no more, or somebody has seen it.
CREATE TABLE mirror_news (
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (person, kind)
);
-- Its groups; others are our own.
CREATE TABLE mirror_groups (id TEXT PRIMARY KEY NOT NULL REFERENCES person_groups (id) ON DELETE CASCADE);
