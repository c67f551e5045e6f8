-- +goose Up
-- The bureau's own posts are answers: kept apart so that a case that opens later
-- finds them.
ALTER TABLE posts ADD COLUMN official BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX posts_official ON posts (last_seen) WHERE official;

-- Posts of the bureau's own that may answer a case, until a person says so.
CREATE TABLE offers (
  id          TEXT PRIMARY KEY,
  case_id     TEXT NOT NULL REFERENCES cases (id),
  post_id     TEXT NOT NULL REFERENCES posts (id),
  source_name TEXT NOT NULL,
  url         TEXT NOT NULL,
  title       TEXT NOT NULL,
  why         TEXT NOT NULL,
  published   TIMESTAMP,
  created_at  TIMESTAMP NOT NULL
);
CREATE INDEX offers_case ON offers (case_id);

-- +goose Down
DROP TABLE offers;
DROP INDEX posts_official;
ALTER TABLE posts DROP COLUMN official;
