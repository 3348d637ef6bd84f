-- "Was this helpful?": one answer per person and page, gone with the person.
CREATE TABLE feedback (
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    page TEXT NOT NULL,
    helpful INTEGER NOT NULL CHECK (helpful IN (0, 1)),
    at BIGINT NOT NULL,
    PRIMARY KEY (person, page)
);
CREATE INDEX feedback_page ON feedback (page, helpful);
