-- +goose Up
-- An event found to be another one's matter is kept, empty, and points there.
ALTER TABLE events ADD COLUMN merged_into TEXT;

-- Events that may be one matter, and what people decided of them. What a person
-- decided no machine undoes.
CREATE TABLE links (
  a       TEXT NOT NULL REFERENCES events (id),
  b       TEXT NOT NULL REFERENCES events (id),
  score   DOUBLE NOT NULL,
  why     TEXT NOT NULL,
  state   TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  at      TIMESTAMP NOT NULL,
  PRIMARY KEY (a, b)
);
CREATE INDEX links_b ON links (b);
CREATE INDEX links_at ON links (at);

-- Steps of 升级 that were reached, each once in its time.
CREATE TABLE escalations (
  id       TEXT PRIMARY KEY,
  event_id TEXT NOT NULL REFERENCES events (id),
  why      TEXT NOT NULL,
  at       TIMESTAMP NOT NULL
);

-- +goose Down
DROP TABLE escalations;
DROP TABLE links;
ALTER TABLE events DROP COLUMN merged_into;
