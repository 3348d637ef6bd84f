-- Incidents that somebody has linked to a request by hand, and the requests that were made of reports.
CREATE TABLE request_incidents (
    request BIGINT NOT NULL REFERENCES requests (number) ON DELETE CASCADE,
    incident TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    PRIMARY KEY (request, incident)
);
CREATE INDEX request_incidents_by_incident ON request_incidents (incident);
CREATE INDEX report_groups_by_request ON report_groups (request) WHERE request IS NOT NULL;
