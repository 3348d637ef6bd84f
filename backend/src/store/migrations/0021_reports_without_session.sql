-- What creates without a session made, by the digest of their key, so that a retry is known and nothing is made twice.
CREATE TABLE public_creates (
    idempotency_key BLOB PRIMARY KEY NOT NULL,
    fingerprint BLOB NOT NULL,
    report BIGINT NOT NULL REFERENCES reports (number) ON DELETE CASCADE,
    at BIGINT NOT NULL
);
CREATE INDEX public_creates_at ON public_creates (at);
CREATE INDEX public_creates_report ON public_creates (report);

-- New reports of people who can't sign in: admins see first which groups have some.
CREATE INDEX reports_locked_out ON reports (report_group) WHERE source = 'lockedOut' AND state = 'new';
