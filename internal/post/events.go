package post

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
	"huiying/internal/verdict"
)

// ByEvent reads an event's posts, oldest first, no more than limit; total counts all.
func ByEvent(ctx context.Context, db store.Conn, eventID string, limit int) (posts []Stored, total int, err error) {
	n, err := db.NewSelect().Model(&posts).Where("event_id = ?", eventID).
		Order("first_seen", "id").Limit(int64(limit)).ScanAndCount(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("read the posts of event %s: %w", eventID, err)
	}
	return posts, int(n), nil
}

// Concerning reads the first posts of an event that its matter is told from, those
// under 告警 and 复核: Title, Body and Verdict, oldest first.
func Concerning(ctx context.Context, db store.Conn, eventID string, limit int) ([]Stored, error) {
	return list(ctx, db.NewSelect().Column("title", "body", "verdict").
		Where("event_id = ?", eventID).Where("handling <> ?", verdict.None).Order("first_seen").Limit(int64(limit)))
}

// GravestOf reads the post that best shows what an event is: of those with the gravest
// handling the first. It returns ErrNotFound where the event has no post.
func GravestOf(ctx context.Context, db store.Conn, eventID string) (*Stored, error) {
	// alert stands before none and review by its letters.
	return one(ctx, "of event "+eventID, db.NewSelect().Where("event_id = ?", eventID).Order("handling", "first_seen").Limit(1))
}

// FirstOf reads of each event the post that was seen first, by event. Of its Body it
// reads the first 300 characters; neither Title nor Verdict.
func FirstOf(ctx context.Context, db store.Conn, eventIDs []string) (map[string]Stored, error) {
	if len(eventIDs) == 0 {
		return nil, nil //nolint:nilnil // a nil map answers like an empty one
	}
	// No earlier post of the event: portable where DISTINCT ON is not.
	all, err := list(ctx, db.NewSelect().
		ColumnExpr("post.id, post.event_id, post.source_name, post.channel, post.url, post.first_seen").
		ColumnExpr("SUBSTR(post.body, 1, 300) AS body").
		Where("post.event_id IN (?)", bun.List(eventIDs)).
		Where("NOT EXISTS (SELECT 1 FROM posts AS other WHERE other.event_id = post.event_id "+
			"AND (other.first_seen < post.first_seen OR (other.first_seen = post.first_seen AND other.id < post.id)))"))
	first := make(map[string]Stored, len(all))
	for _, p := range all {
		first[p.EventID] = p
	}
	return first, err
}

// HeadlinesOf reads of all posts of events where they stand, oldest first: EventID,
// SourceName, URL, Title and FirstSeen.
func HeadlinesOf(ctx context.Context, db store.Conn, eventIDs []string) ([]Stored, error) {
	return list(ctx, db.NewSelect().Column("event_id", "source_name", "url", "title", "first_seen").
		Where("post.event_id IN (?)", bun.List(eventIDs)).Order("post.first_seen", "post.id"))
}

// OfPublic reads what the public, not the bureau, said of events, oldest first: URL,
// Title, Body and Verdict with EventID.
func OfPublic(ctx context.Context, db store.Conn, eventIDs []string) ([]Stored, error) {
	if len(eventIDs) == 0 {
		return nil, nil
	}
	return list(ctx, ofPublic(db).Where("event_id IN (?)", bun.List(eventIDs)).Order("first_seen"))
}

// EndsOfPublic is OfPublic of one event that many speak of: its first n posts and its
// last n.
func EndsOfPublic(ctx context.Context, db store.Conn, eventID string, n int) ([]Stored, error) {
	first, err := list(ctx, ofPublic(db).Where("event_id = ?", eventID).Order("first_seen").Limit(int64(n)))
	if err != nil {
		return nil, err
	}
	last, err := list(ctx, ofPublic(db).Where("event_id = ?", eventID).Order("first_seen DESC").Limit(int64(n)))
	slices.Reverse(last)
	return append(first, last...), err
}

func ofPublic(db store.Conn) *bun.SelectQuery {
	return db.NewSelect().Column("event_id", "url", "title", "body", "verdict").Where("NOT official")
}

// HasSource reports whether an event has a post of a source other than the given one.
func HasSource(ctx context.Context, db store.Conn, eventID, source, except string) (bool, error) {
	has, err := db.NewSelect().Model((*Stored)(nil)).Where("event_id = ?", eventID).Where("source = ?", source).
		Where("id <> ?", except).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look for source %s in event %s: %w", source, eventID, err)
	}
	return has, nil
}

// CountOf counts an event's posts and the sources that they are of.
func CountOf(ctx context.Context, db store.Conn, eventID string) (posts, sources int, err error) {
	err = db.NewSelect().Model((*Stored)(nil)).ColumnExpr("count(*), count(DISTINCT source)").
		Where("event_id = ?", eventID).Scan(ctx, &posts, &sources)
	if err != nil {
		return 0, 0, fmt.Errorf("count the posts of event %s: %w", eventID, err)
	}
	return posts, sources, nil
}

// SourcesOf lists the sources of an event's posts first seen since the given time, one
// for each post, the latest first, no more than limit.
func SourcesOf(ctx context.Context, db store.Conn, eventID string, since time.Time, limit int) ([]string, error) {
	var all []string
	err := db.NewSelect().Model((*Stored)(nil)).Column("source").Where("event_id = ?", eventID).
		Where("first_seen >= ?", since).Order("first_seen DESC").Limit(int64(limit)).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("read the sources of event %s: %w", eventID, err)
	}
	return all, nil
}

// LatestOf reads the posts of an event first seen since the given time, the latest
// first, no more than limit: Source, EventID and Verdict.
func LatestOf(ctx context.Context, db store.Conn, eventID string, since time.Time, limit int) ([]Stored, error) {
	return list(ctx, latest(db, since, limit).Where("event_id = ?", eventID))
}

// LatestExcept is LatestOf for the posts of all events but the given ones.
func LatestExcept(ctx context.Context, db store.Conn, eventIDs []string, since time.Time, limit int) ([]Stored, error) {
	q := latest(db, since, limit).Where("event_id IS NOT NULL")
	if len(eventIDs) > 0 {
		q = q.Where("event_id NOT IN (?)", bun.List(eventIDs))
	}
	return list(ctx, q)
}

func latest(db store.Conn, since time.Time, limit int) *bun.SelectQuery {
	return db.NewSelect().Column("source", "event_id", "verdict").Where("first_seen >= ?", since).
		Order("first_seen DESC").Limit(int64(limit))
}
