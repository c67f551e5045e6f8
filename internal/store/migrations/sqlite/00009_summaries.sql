-- +goose Up
-- A delivery that was put on a list because the line at its channel was too long:
-- the delivery of that list, which tells of it instead.
ALTER TABLE deliveries ADD COLUMN summary TEXT;
-- When its receiver's quiet hours end; it is put on no list before.
ALTER TABLE deliveries ADD COLUMN held_until TIMESTAMP;
CREATE INDEX deliveries_summary ON deliveries (summary) WHERE summary IS NOT NULL;

-- +goose Down
DROP INDEX deliveries_summary;
ALTER TABLE deliveries DROP COLUMN held_until;
ALTER TABLE deliveries DROP COLUMN summary;
