package post

import (
	"context"
	"fmt"
	"time"

	"huiying/internal/store"
)

// Spread is one post as the spread of its event is counted.
type Spread struct {
	Source    string
	Channel   Channel
	FirstSeen time.Time
	Reads     int64
	Shares    int64
	Audience  int64
}

// SpreadOf reads an event's posts as its spread is counted, oldest first.
func SpreadOf(ctx context.Context, db store.Conn, eventID string) ([]Spread, error) {
	var all []Spread
	err := db.NewSelect().Table("posts").Column("source", "channel", "first_seen", "reads", "shares", "audience").
		Where("event_id = ?", eventID).Order("first_seen").Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("read the spread of event %s: %w", eventID, err)
	}
	return all, nil
}

// SumReads adds up what an event's posts publish of their readers.
func SumReads(ctx context.Context, db store.Conn, eventID string) (reads, shares int64, err error) {
	err = db.NewSelect().Table("posts").ColumnExpr("coalesce(sum(reads), 0), coalesce(sum(shares), 0)").
		Where("event_id = ?", eventID).Scan(ctx, &reads, &shares)
	if err != nil {
		return 0, 0, fmt.Errorf("count the readers of event %s: %w", eventID, err)
	}
	return reads, shares, nil
}

// SetReach stores a post's reach and returns the event that the post is of, "" for none.
func SetReach(ctx context.Context, tx store.Tx, id string, r Reach) (eventID string, err error) {
	_, err = tx.NewUpdate().Model((*Stored)(nil)).Set("reads = ?", r.Reads).Set("shares = ?", r.Shares).
		Set("audience = ?", r.Audience).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return "", fmt.Errorf("store the reach of post %s: %w", id, err)
	}
	err = tx.NewSelect().Model((*Stored)(nil)).ColumnExpr("coalesce(event_id, '')").Where("id = ?", id).Scan(ctx, &eventID)
	if err != nil {
		return "", fmt.Errorf("read the event of post %s: %w", id, err)
	}
	return eventID, nil
}
