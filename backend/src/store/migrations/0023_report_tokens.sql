-- Report tokens that have made their report, by the digest of their host and name, for as long as they would hold.
CREATE TABLE report_tokens (
    id BLOB PRIMARY KEY NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE INDEX report_tokens_ends_at ON report_tokens (ends_at);
