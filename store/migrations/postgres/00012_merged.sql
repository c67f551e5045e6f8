-- +goose Up
-- Which events were merged into one: asked at every update of it.
CREATE INDEX events_merged ON events (merged_into) WHERE merged_into IS NOT NULL;

-- +goose Down
DROP INDEX events_merged;
