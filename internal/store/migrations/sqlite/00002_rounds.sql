-- +goose Up

-- slowest is the longest pause between two rounds, every the shortest; rest_until
-- is when the site itself asked to be read again. flagged is the trouble that
-- people were told of in the notice told.
ALTER TABLE sources ADD COLUMN slowest BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN pause BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN rest_until TIMESTAMP;
ALTER TABLE sources ADD COLUMN trouble TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN first_good TIMESTAMP;
ALTER TABLE sources ADD COLUMN last_new TIMESTAMP;
ALTER TABLE sources ADD COLUMN flagged TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN flagged_at TIMESTAMP;
ALTER TABLE sources ADD COLUMN told TEXT NOT NULL DEFAULT '';

-- One row for each round: trouble is '' where it was good, due_at is when the next
-- was planned. settled is false where the pause before it was not the usual one:
-- after trouble, after a standstill, and for a first round.
CREATE TABLE rounds (
  source     TEXT NOT NULL,
  started_at TIMESTAMP NOT NULL,
  ended_at   TIMESTAMP NOT NULL,
  due_at     TIMESTAMP NOT NULL,
  trouble    TEXT NOT NULL,
  reason     TEXT NOT NULL,
  settled    BOOLEAN NOT NULL,
  unchanged  BOOLEAN NOT NULL,
  items      INTEGER NOT NULL,
  fresh      INTEGER NOT NULL,
  failed     INTEGER NOT NULL,
  requests   INTEGER NOT NULL,
  unmodified INTEGER NOT NULL,
  bytes      BIGINT NOT NULL,
  PRIMARY KEY (source, started_at)
);
CREATE INDEX rounds_started ON rounds (started_at);
CREATE INDEX rounds_fresh ON rounds (started_at, source, fresh) WHERE fresh > 0;

-- What each hour brought and for how much of it we know that: covered is in
-- seconds, fresh in posts, shared out where a pause spans two hours.
CREATE TABLE source_hours (
  source  TEXT NOT NULL,
  hour    TIMESTAMP NOT NULL,
  covered DOUBLE PRECISION NOT NULL,
  fresh   DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (source, hour)
);
CREATE INDEX source_hours_hour ON source_hours (hour);

-- +goose Down
DROP TABLE source_hours;
DROP TABLE rounds;
ALTER TABLE sources DROP COLUMN told;
ALTER TABLE sources DROP COLUMN flagged_at;
ALTER TABLE sources DROP COLUMN flagged;
ALTER TABLE sources DROP COLUMN last_new;
ALTER TABLE sources DROP COLUMN first_good;
ALTER TABLE sources DROP COLUMN trouble;
ALTER TABLE sources DROP COLUMN rest_until;
ALTER TABLE sources DROP COLUMN pause;
ALTER TABLE sources DROP COLUMN slowest;
