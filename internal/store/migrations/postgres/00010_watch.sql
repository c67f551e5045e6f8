-- +goose Up
-- What people hold back for a while, and why. Roles stand here, never persons.
CREATE TABLE silences (
  id         TEXT PRIMARY KEY,
  rules      TEXT NOT NULL,
  sections   TEXT NOT NULL,
  places     TEXT NOT NULL,
  events     TEXT NOT NULL,
  category   TEXT NOT NULL,
  words      TEXT NOT NULL,
  reason     TEXT NOT NULL,
  author     TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  ends_at    TIMESTAMPTZ NOT NULL,
  ended_at   TIMESTAMPTZ,
  ended_by   TEXT NOT NULL,
  told_at    TIMESTAMPTZ
);
CREATE INDEX silences_ends ON silences (ends_at);

-- Events that grew graver and are not held back by a silence any more.
CREATE TABLE silence_breaks (
  silence  TEXT NOT NULL REFERENCES silences (id),
  event_id TEXT NOT NULL REFERENCES events (id),
  at       TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (silence, event_id)
);

-- The silence that holds a delivery back, its state then 'silenced'.
ALTER TABLE deliveries ADD COLUMN silence TEXT;
CREATE INDEX deliveries_silence ON deliveries (silence) WHERE silence IS NOT NULL;

-- One row for each look of huiying at itself; the last ones are kept.
CREATE TABLE audits (
  at       TIMESTAMPTZ PRIMARY KEY,
  findings INTEGER NOT NULL,
  first    TEXT NOT NULL
);

-- What is wrong with huiying itself, from the first look that saw it to its end.
CREATE TABLE troubles (
  id      TEXT PRIMARY KEY,
  name    TEXT NOT NULL,
  title   TEXT NOT NULL,
  detail  TEXT NOT NULL,
  remedy  TEXT NOT NULL,
  target  TEXT NOT NULL,
  looks   INTEGER NOT NULL,
  since   TIMESTAMPTZ NOT NULL,
  seen_at TIMESTAMPTZ NOT NULL,
  told_at TIMESTAMPTZ,
  over_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX troubles_open ON troubles (name) WHERE over_at IS NULL;
CREATE INDEX troubles_over ON troubles (over_at);

-- Jumps of the machine's clock, in nanoseconds, by the time that was new.
CREATE TABLE clock_jumps (
  at   TIMESTAMPTZ PRIMARY KEY,
  leap BIGINT NOT NULL
);

-- +goose Down
DROP TABLE clock_jumps;
DROP TABLE troubles;
DROP TABLE audits;
DROP INDEX deliveries_silence;
ALTER TABLE deliveries DROP COLUMN silence;
DROP TABLE silence_breaks;
DROP TABLE silences;
