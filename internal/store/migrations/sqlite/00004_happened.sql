-- +goose Up
-- When the matter happened, where the text says so: apart from what a source claims
-- as its time of publishing and from when we first saw it.
ALTER TABLE posts ADD COLUMN happened TIMESTAMP;
ALTER TABLE events ADD COLUMN happened TIMESTAMP;

-- +goose Down
ALTER TABLE events DROP COLUMN happened;
ALTER TABLE posts DROP COLUMN happened;
