-- Live chats: what a request that was asked by chat has beside its thread.
CREATE TABLE chats (
    request BIGINT PRIMARY KEY NOT NULL REFERENCES requests (number) ON DELETE CASCADE,
    state TEXT NOT NULL,
    -- The agent who took it out of the line.
    agent TEXT REFERENCES people (id),
    version BIGINT NOT NULL
);
CREATE INDEX chats_waiting ON chats (request) WHERE state = 'waiting';

-- How far each person is in a chat: the entries that have arrived, those that were read, until when they type.
CREATE TABLE chat_marks (
    request BIGINT NOT NULL REFERENCES chats (request) ON DELETE CASCADE,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    delivered BIGINT NOT NULL DEFAULT 0,
    seen BIGINT NOT NULL DEFAULT 0,
    typing_until BIGINT,
    PRIMARY KEY (request, person)
);

-- 1 when an event tells of marks alone: nothing of the request itself has changed.
ALTER TABLE events ADD COLUMN marks INTEGER NOT NULL DEFAULT 0;
