-- +goose Up
CREATE TABLE events (
  id              TEXT PRIMARY KEY,
  title           TEXT NOT NULL,
  handling        TEXT NOT NULL,
  category        TEXT NOT NULL,
  grade           TEXT NOT NULL,
  place           TEXT NOT NULL,
  sections        TEXT NOT NULL,
  consult         TEXT NOT NULL,
  tags            TEXT NOT NULL,
  toll            TEXT NOT NULL,
  why             TEXT NOT NULL,
  rules           TEXT NOT NULL,
  step            INTEGER NOT NULL,
  posts           INTEGER NOT NULL,
  sources         INTEGER NOT NULL,
  first_published TIMESTAMP,
  first_seen      TIMESTAMP NOT NULL,
  last_seen       TIMESTAMP NOT NULL,
  alerted_at      TIMESTAMP
);
CREATE INDEX events_last_seen ON events (last_seen);

-- A post as it was last read, with the verdict on that text.
CREATE TABLE posts (
  id         TEXT PRIMARY KEY,
  source     TEXT NOT NULL,
  source_name TEXT NOT NULL,
  channel    TEXT NOT NULL,
  local      BOOLEAN NOT NULL,
  url        TEXT NOT NULL,
  title      TEXT NOT NULL,
  body       TEXT NOT NULL,
  origin     TEXT NOT NULL,
  published  TIMESTAMP,
  first_seen TIMESTAMP NOT NULL,
  last_seen  TIMESTAMP NOT NULL,
  first_round BOOLEAN NOT NULL,
  revision   INTEGER NOT NULL,
  text_hash  TEXT NOT NULL,
  event_id   TEXT REFERENCES events (id),
  handling   TEXT NOT NULL,
  category   TEXT NOT NULL,
  verdict    TEXT NOT NULL
);
CREATE INDEX posts_url ON posts (url);
CREATE INDEX posts_text_hash ON posts (text_hash);
CREATE INDEX posts_event ON posts (event_id);
CREATE INDEX posts_first_seen ON posts (first_seen);
CREATE INDEX posts_source_seen ON posts (source, first_seen);

-- Earlier texts of posts that changed, with the verdicts they got.
CREATE TABLE revisions (
  post_id  TEXT NOT NULL REFERENCES posts (id),
  revision INTEGER NOT NULL,
  title    TEXT NOT NULL,
  body     TEXT NOT NULL,
  verdict  TEXT NOT NULL,
  seen_at  TIMESTAMP NOT NULL,
  PRIMARY KEY (post_id, revision)
);

CREATE TABLE notices (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,
  event_id   TEXT REFERENCES events (id),
  step       INTEGER NOT NULL,
  category   TEXT NOT NULL,
  grade      TEXT NOT NULL,
  sections   TEXT NOT NULL,
  content    TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL
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
  ref        TEXT NOT NULL,
  parent     TEXT,
  repeat     BOOLEAN NOT NULL,
  last_error TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  started_at TIMESTAMP,
  sent_at    TIMESTAMP
);
CREATE INDEX deliveries_notice ON deliveries (notice_id);
CREATE INDEX deliveries_open ON deliveries (state) WHERE state IN ('pending', 'sending', 'unsure');

CREATE TABLE cases (
  id          TEXT PRIMARY KEY,
  event_id    TEXT NOT NULL UNIQUE REFERENCES events (id),
  owner       TEXT NOT NULL,
  status      TEXT NOT NULL,
  opened_at   TIMESTAMP NOT NULL,
  answered_at TIMESTAMP
);

CREATE TABLE clocks (
  id         TEXT PRIMARY KEY,
  case_id    TEXT NOT NULL REFERENCES cases (id),
  kind       TEXT NOT NULL,
  started_at TIMESTAMP NOT NULL,
  due_at     TIMESTAMP NOT NULL,
  stopped_at TIMESTAMP,
  url        TEXT NOT NULL,
  note       TEXT NOT NULL
);
CREATE INDEX clocks_case ON clocks (case_id);

-- What each source is and how it fares. leased_until keeps two nodes from
-- reading one source at once.
CREATE TABLE sources (
  id           TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  channel      TEXT NOT NULL,
  every        BIGINT NOT NULL,
  active       BOOLEAN NOT NULL,
  next_at      TIMESTAMP NOT NULL,
  leased_until TIMESTAMP,
  rounds       INTEGER NOT NULL,
  last_tried   TIMESTAMP,
  last_good    TIMESTAMP,
  failures     INTEGER NOT NULL,
  last_error   TEXT NOT NULL,
  items        INTEGER NOT NULL
);

-- What each page answered last, so that it need not be sent again unchanged.
CREATE TABLE validators (
  url           TEXT PRIMARY KEY,
  etag          TEXT NOT NULL,
  last_modified TEXT NOT NULL,
  seen_at       TIMESTAMP NOT NULL
);

CREATE TABLE claims (
  key        TEXT PRIMARY KEY,
  token      TEXT NOT NULL,
  expires_at TIMESTAMP NOT NULL
);

CREATE TABLE digests (
  day        TEXT PRIMARY KEY,
  report     TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL
);

-- +goose Down
DROP TABLE digests;
DROP TABLE claims;
DROP TABLE validators;
DROP TABLE sources;
DROP TABLE clocks;
DROP TABLE cases;
DROP TABLE deliveries;
DROP TABLE notices;
DROP TABLE revisions;
DROP TABLE posts;
DROP TABLE events;
