-- +goose Up
-- The schema of v0.1.0. It is released: never edit this file, see ../README.md.

CREATE TABLE events (
  id              TEXT PRIMARY KEY,
  title           TEXT NOT NULL,
  handling        TEXT NOT NULL,
  category        TEXT NOT NULL,
  grade           TEXT NOT NULL,
  place           TEXT NOT NULL,
  sections        JSONB NOT NULL,
  consult         JSONB NOT NULL,
  tags            JSONB NOT NULL,
  toll            JSONB NOT NULL,
  why             TEXT NOT NULL,
  rules           TEXT NOT NULL,
  step            INTEGER NOT NULL,
  posts           INTEGER NOT NULL,
  sources         INTEGER NOT NULL,
  first_published TIMESTAMPTZ,
  first_seen      TIMESTAMPTZ NOT NULL,
  last_seen       TIMESTAMPTZ NOT NULL,
  alerted_at      TIMESTAMPTZ,
  -- When the matter happened, where the text says so: apart from what a source
  -- claims as its time of publishing and from when we first saw it.
  happened        TIMESTAMPTZ,
  -- An event found to be another one's matter is kept, empty, and points there.
  merged_into     TEXT,
  -- Units that answer for the place of a matter (属地), beside the sections in charge.
  units           TEXT NOT NULL DEFAULT '[]',
  -- What the posts had called for until a person last set the grade, and when that was.
  graded_from     TEXT NOT NULL DEFAULT '',
  graded_at       TIMESTAMPTZ
);
CREATE INDEX events_last_seen ON events (last_seen);
-- Which events were merged into one: asked at every update of it.
CREATE INDEX events_merged ON events (merged_into) WHERE merged_into IS NOT NULL;

-- Events that may be one matter, and what people decided of them. What a person
-- decided no machine undoes.
CREATE TABLE links (
  a       TEXT NOT NULL REFERENCES events (id),
  b       TEXT NOT NULL REFERENCES events (id),
  score   DOUBLE PRECISION NOT NULL,
  why     TEXT NOT NULL,
  state   TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  at      TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (a, b)
);
CREATE INDEX links_b ON links (b);
CREATE INDEX links_at ON links (at);

-- Steps of 升级 that were reached, each once in its time.
CREATE TABLE escalations (
  id       TEXT PRIMARY KEY,
  event_id TEXT NOT NULL REFERENCES events (id),
  why      TEXT NOT NULL,
  at       TIMESTAMPTZ NOT NULL
);

-- The published figures of an event's posts as they stood at the end of each hour
-- in which they changed.
CREATE TABLE reach (
  event_id TEXT NOT NULL REFERENCES events (id),
  hour     TIMESTAMPTZ NOT NULL,
  reads    BIGINT NOT NULL,
  shares   BIGINT NOT NULL,
  PRIMARY KEY (event_id, hour)
);

-- A post as it was last read, with the verdict on that text.
CREATE TABLE posts (
  id          TEXT PRIMARY KEY,
  source      TEXT NOT NULL,
  source_name TEXT NOT NULL,
  channel     TEXT NOT NULL,
  local       BOOLEAN NOT NULL,
  url         TEXT NOT NULL,
  title       TEXT NOT NULL,
  body        TEXT NOT NULL,
  origin      TEXT NOT NULL,
  published   TIMESTAMPTZ,
  first_seen  TIMESTAMPTZ NOT NULL,
  last_seen   TIMESTAMPTZ NOT NULL,
  first_round BOOLEAN NOT NULL,
  revision    INTEGER NOT NULL,
  text_hash   TEXT NOT NULL,
  event_id    TEXT REFERENCES events (id),
  handling    TEXT NOT NULL,
  category    TEXT NOT NULL,
  verdict     JSONB NOT NULL,
  -- As in events.
  happened    TIMESTAMPTZ,
  -- The bureau's own posts are answers: kept apart so that a case that opens later
  -- finds them.
  official    BOOLEAN NOT NULL DEFAULT FALSE,
  -- How far the post reaches, as its page or feed publishes it, and how many the
  -- editors estimate its source to reach; 0 where nobody says.
  reads       BIGINT NOT NULL DEFAULT 0,
  shares      BIGINT NOT NULL DEFAULT 0,
  audience    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX posts_url ON posts (url);
CREATE INDEX posts_text_hash ON posts (text_hash);
CREATE INDEX posts_first_seen ON posts (first_seen);
CREATE INDEX posts_source_seen ON posts (source, first_seen);
-- How an event spreads, and whether a source speaks of it already, told from the index
-- alone: an event may have a hundred thousand posts.
CREATE INDEX posts_event ON posts (event_id, first_seen, source, channel) WHERE event_id IS NOT NULL;
CREATE INDEX posts_event_source ON posts (event_id, source) WHERE event_id IS NOT NULL;
-- Nodes look with every batch for what others have stored lately.
CREATE INDEX posts_last_seen ON posts (last_seen) WHERE event_id IS NOT NULL;
CREATE INDEX posts_official ON posts (last_seen) WHERE official;

-- Earlier texts of posts that changed, with the verdicts they got.
CREATE TABLE revisions (
  post_id  TEXT NOT NULL REFERENCES posts (id),
  revision INTEGER NOT NULL,
  title    TEXT NOT NULL,
  body     TEXT NOT NULL,
  verdict  JSONB NOT NULL,
  seen_at  TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (post_id, revision)
);

CREATE TABLE notices (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,
  event_id   TEXT REFERENCES events (id),
  step       INTEGER NOT NULL,
  category   TEXT NOT NULL,
  grade      TEXT NOT NULL,
  sections   JSONB NOT NULL,
  content    JSONB NOT NULL,
  created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX notices_event ON notices (event_id);
CREATE INDEX notices_created ON notices (created_at);

CREATE TABLE deliveries (
  id         TEXT PRIMARY KEY,
  notice_id  TEXT NOT NULL REFERENCES notices (id),
  receiver   TEXT NOT NULL,
  target     TEXT NOT NULL,
  state      TEXT NOT NULL,
  attempts   INTEGER NOT NULL,
  urgent     BOOLEAN NOT NULL,
  ref        JSONB NOT NULL,
  parent     TEXT,
  repeat     BOOLEAN NOT NULL,
  last_error TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  started_at TIMESTAMPTZ,
  sent_at    TIMESTAMPTZ,
  -- The delivery of the list that tells of this one instead, where the line at its
  -- channel was too long.
  summary    TEXT,
  -- When its receiver's quiet hours end; it is put on no list before.
  held_until TIMESTAMPTZ,
  -- The silence that holds it back, its state then 'silenced'.
  silence    TEXT
);
CREATE INDEX deliveries_notice ON deliveries (notice_id);
CREATE INDEX deliveries_open ON deliveries (state) WHERE state IN ('pending', 'sending', 'unsure');
CREATE INDEX deliveries_summary ON deliveries (summary) WHERE summary IS NOT NULL;
CREATE INDEX deliveries_silence ON deliveries (silence) WHERE silence IS NOT NULL;

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

CREATE TABLE claims (
  key        TEXT PRIMARY KEY,
  token      TEXT NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE cases (
  id          TEXT PRIMARY KEY,
  event_id    TEXT NOT NULL UNIQUE REFERENCES events (id),
  owner       TEXT NOT NULL,
  status      TEXT NOT NULL,
  opened_at   TIMESTAMPTZ NOT NULL,
  answered_at TIMESTAMPTZ,
  -- A case may be closed for good, or go on as another event's case.
  closed_at   TIMESTAMPTZ,
  merged_into TEXT NOT NULL DEFAULT ''
);
-- The cases that wait, of many more that were answered.
CREATE INDEX cases_open ON cases (event_id) WHERE status = 'open';

CREATE TABLE clocks (
  id         TEXT PRIMARY KEY,
  case_id    TEXT NOT NULL REFERENCES cases (id),
  kind       TEXT NOT NULL,
  started_at TIMESTAMPTZ NOT NULL,
  due_at     TIMESTAMPTZ NOT NULL,
  stopped_at TIMESTAMPTZ,
  url        TEXT NOT NULL,
  note       TEXT NOT NULL,
  -- Why it ended where no answer ended it: graded, merged or mistaken.
  ended      TEXT NOT NULL DEFAULT ''
);
CREATE INDEX clocks_case ON clocks (case_id);
-- The clocks that run, of many more that were stopped: the first page counts them.
CREATE INDEX clocks_running ON clocks (due_at, case_id) WHERE stopped_at IS NULL;

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

-- Posts of the bureau's own that may answer a case, until a person says so.
CREATE TABLE offers (
  id          TEXT PRIMARY KEY,
  case_id     TEXT NOT NULL REFERENCES cases (id),
  post_id     TEXT NOT NULL REFERENCES posts (id),
  source_name TEXT NOT NULL,
  url         TEXT NOT NULL,
  title       TEXT NOT NULL,
  why         TEXT NOT NULL,
  published   TIMESTAMPTZ,
  created_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX offers_case ON offers (case_id);

CREATE TABLE digests (
  day        TEXT PRIMARY KEY,
  report     JSONB NOT NULL,
  created_at TIMESTAMPTZ NOT NULL
);

-- What people said of alerts: 真 or 误, of an event or of one post.
CREATE TABLE judgements (
  subject  TEXT PRIMARY KEY,
  judged   TEXT NOT NULL,
  note     TEXT NOT NULL,
  judge    TEXT NOT NULL,
  at       TIMESTAMPTZ NOT NULL
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
  published   TIMESTAMPTZ,
  note        TEXT NOT NULL,
  judge       TEXT NOT NULL,
  at          TIMESTAMPTZ NOT NULL
);
CREATE INDEX missed_posts_at ON missed_posts (at);

-- What each source is and how it fares.
CREATE TABLE sources (
  id           TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  channel      TEXT NOT NULL,
  -- The shortest pause between two rounds, in nanoseconds.
  every        BIGINT NOT NULL,
  active       BOOLEAN NOT NULL,
  next_at      TIMESTAMPTZ NOT NULL,
  -- Keeps two nodes from reading one source at once.
  leased_until TIMESTAMPTZ,
  rounds       INTEGER NOT NULL,
  last_tried   TIMESTAMPTZ,
  last_good    TIMESTAMPTZ,
  failures     INTEGER NOT NULL,
  last_error   TEXT NOT NULL,
  items        INTEGER NOT NULL,
  -- The longest pause between two rounds, and the one now.
  slowest      BIGINT NOT NULL DEFAULT 0,
  pause        BIGINT NOT NULL DEFAULT 0,
  -- When the site itself asked to be read again.
  rest_until   TIMESTAMPTZ,
  trouble      TEXT NOT NULL DEFAULT '',
  first_good   TIMESTAMPTZ,
  last_new     TIMESTAMPTZ,
  -- The trouble that people were told of, when, and in which notice.
  flagged      TEXT NOT NULL DEFAULT '',
  flagged_at   TIMESTAMPTZ,
  told         TEXT NOT NULL DEFAULT ''
);

-- One row for each round: trouble is '' where it was good, due_at is when the next
-- was planned. settled is false where the pause before it was not the usual one:
-- after trouble, after a standstill, and for a first round.
CREATE TABLE rounds (
  source     TEXT NOT NULL,
  started_at TIMESTAMPTZ NOT NULL,
  ended_at   TIMESTAMPTZ NOT NULL,
  due_at     TIMESTAMPTZ NOT NULL,
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
  hour    TIMESTAMPTZ NOT NULL,
  covered DOUBLE PRECISION NOT NULL,
  fresh   DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (source, hour)
);
CREATE INDEX source_hours_hour ON source_hours (hour);

-- What each page answered last, so that it need not be sent again unchanged.
CREATE TABLE validators (
  url           TEXT PRIMARY KEY,
  etag          TEXT NOT NULL,
  last_modified TEXT NOT NULL,
  seen_at       TIMESTAMPTZ NOT NULL
);

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
