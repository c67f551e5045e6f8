-- +goose Up
-- What people said of alerts: 真 or 误, of an event or of one post.
CREATE TABLE judgements (
  subject  TEXT PRIMARY KEY,
  judged   TEXT NOT NULL,
  note     TEXT NOT NULL,
  judge    TEXT NOT NULL,
  at       TIMESTAMP NOT NULL
);

-- Posts that the rules did not catch, as people met them.
CREATE TABLE missed_posts (
  id          TEXT PRIMARY KEY,
  post_id     TEXT NOT NULL,
  category    TEXT NOT NULL,
  source      TEXT NOT NULL,
  source_name TEXT NOT NULL,
  channel     TEXT NOT NULL,
  local       BOOLEAN NOT NULL,
  url         TEXT NOT NULL,
  title       TEXT NOT NULL,
  body        TEXT NOT NULL,
  published   TIMESTAMP,
  note        TEXT NOT NULL,
  judge       TEXT NOT NULL,
  at          TIMESTAMP NOT NULL
);
CREATE INDEX missed_posts_at ON missed_posts (at);

-- +goose Down
DROP TABLE missed_posts;
DROP TABLE judgements;
