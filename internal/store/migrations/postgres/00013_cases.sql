-- +goose Up
-- Units that answer for the place of a matter (属地), beside the sections in charge.
-- graded_at is when a person last set the grade, graded_from what the posts had
-- called for until then.
ALTER TABLE events ADD COLUMN units TEXT NOT NULL DEFAULT '[]';
ALTER TABLE events ADD COLUMN graded_from TEXT NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN graded_at TIMESTAMPTZ;

-- A case may be closed for good, or go on as another event's case.
ALTER TABLE cases ADD COLUMN closed_at TIMESTAMPTZ;
ALTER TABLE cases ADD COLUMN merged_into TEXT NOT NULL DEFAULT '';

-- Why a clock ended where no answer ended it: graded, merged or mistaken.
ALTER TABLE clocks ADD COLUMN ended TEXT NOT NULL DEFAULT '';

-- What people did on a case, by role, each step of it: nothing here is ever changed.
CREATE TABLE case_log (
  id      TEXT PRIMARY KEY,
  case_id TEXT NOT NULL REFERENCES cases (id),
  act     TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  subject TEXT NOT NULL,
  note    TEXT NOT NULL,
  via     TEXT NOT NULL,
  at      TIMESTAMPTZ NOT NULL
);
CREATE INDEX case_log_case ON case_log (case_id);

-- How far a post reaches, as its page or feed publishes it, and how many the
-- editors estimate its source to reach; 0 where nobody says.
ALTER TABLE posts ADD COLUMN reads BIGINT NOT NULL DEFAULT 0;
ALTER TABLE posts ADD COLUMN shares BIGINT NOT NULL DEFAULT 0;
ALTER TABLE posts ADD COLUMN audience BIGINT NOT NULL DEFAULT 0;

-- Those figures of an event as they stood at the end of each hour in which they changed.
CREATE TABLE reach (
  event_id TEXT NOT NULL REFERENCES events (id),
  hour     TIMESTAMPTZ NOT NULL,
  reads    BIGINT NOT NULL,
  shares   BIGINT NOT NULL,
  PRIMARY KEY (event_id, hour)
);

-- +goose Down
DROP TABLE reach;
ALTER TABLE posts DROP COLUMN audience;
ALTER TABLE posts DROP COLUMN shares;
ALTER TABLE posts DROP COLUMN reads;
DROP TABLE case_log;
ALTER TABLE clocks DROP COLUMN ended;
ALTER TABLE cases DROP COLUMN merged_into;
ALTER TABLE cases DROP COLUMN closed_at;
ALTER TABLE events DROP COLUMN graded_at;
ALTER TABLE events DROP COLUMN graded_from;
ALTER TABLE events DROP COLUMN units;
