-- +goose Up
-- Nodes look with every batch for what others have stored lately.
CREATE INDEX posts_last_seen ON posts (last_seen) WHERE event_id IS NOT NULL;

-- +goose Down
DROP INDEX posts_last_seen;
