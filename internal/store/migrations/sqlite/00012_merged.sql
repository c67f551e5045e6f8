-- +goose Up
-- Which events were merged into one: asked at every update of it.
CREATE INDEX events_merged ON events (merged_into) WHERE merged_into IS NOT NULL;
-- How an event spreads, and whether a source speaks of it already, told from the index
-- alone: an event may have a hundred thousand posts.
DROP INDEX posts_event;
CREATE INDEX posts_event ON posts (event_id, first_seen, source, channel) WHERE event_id IS NOT NULL;
CREATE INDEX posts_event_source ON posts (event_id, source) WHERE event_id IS NOT NULL;
-- The cases that wait, of many more that were answered.
CREATE INDEX cases_open ON cases (event_id) WHERE status = 'open';
-- The clocks that run, of many more that were stopped: the first page counts them.
CREATE INDEX clocks_running ON clocks (due_at, case_id) WHERE stopped_at IS NULL;

-- +goose Down
DROP INDEX clocks_running;
DROP INDEX cases_open;
DROP INDEX posts_event_source;
DROP INDEX posts_event;
CREATE INDEX posts_event ON posts (event_id);
DROP INDEX events_merged;
