-- +goose Up
-- What people did about an alert: each act of a section once. Sections stand here,
-- never persons.
CREATE TABLE acks (
  id       TEXT PRIMARY KEY,
  event_id TEXT NOT NULL REFERENCES events (id),
  act      TEXT NOT NULL,
  section  TEXT NOT NULL,
  other    TEXT NOT NULL,
  note     TEXT NOT NULL,
  via      TEXT NOT NULL,
  at       TIMESTAMPTZ NOT NULL
);
CREATE INDEX acks_event ON acks (event_id);

-- Keys that huiying makes for itself, such as the one that signs links.
CREATE TABLE keys (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- +goose Down
DROP TABLE keys;
DROP TABLE acks;
