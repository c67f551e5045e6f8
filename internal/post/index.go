package post

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
)

// Stamp says of a post of an event what an index of posts must agree with.
type Stamp struct{ ID, EventID, TextHash string }

// StampsSince lists the posts of events that were read since the given time, and all
// posts of the given events, oldest first each.
func StampsSince(ctx context.Context, db store.Conn, since time.Time, eventIDs []string) ([]Stamp, error) {
	stamps := func(q *bun.SelectQuery) (all []Stamp, err error) {
		err = q.Table("posts").Column("id", "event_id", "text_hash").Where("event_id IS NOT NULL").
			Order("first_seen", "id").Scan(ctx, &all)
		if err != nil {
			return nil, fmt.Errorf("list posts of events: %w", err)
		}
		return all, nil
	}
	// Two questions, since no index serves both at once.
	all, err := stamps(db.NewSelect().Where("last_seen >= ?", since))
	if err != nil || len(eventIDs) == 0 {
		return all, err
	}
	more, err := stamps(db.NewSelect().Where("event_id IN (?)", bun.List(eventIDs)))
	return append(all, more...), err
}

// Texts reads those of the given posts that are of events, oldest first: EventID, URL,
// Title, Body and FirstSeen.
func Texts(ctx context.Context, db store.Conn, ids []string) ([]Stored, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return list(ctx, db.NewSelect().Column("id", "event_id", "url", "title", "body", "first_seen").
		Where("event_id IS NOT NULL").Where("id IN (?)", bun.List(ids)).Order("first_seen", "id"))
}

// AtURL is Texts for the latest posts of an address, no more than limit, the latest
// first.
func AtURL(ctx context.Context, db store.Conn, url string, limit int) ([]Stored, error) {
	return list(ctx, db.NewSelect().Column("id", "event_id", "url", "title", "body", "first_seen").
		Where("url = ?", url).Where("event_id IS NOT NULL").Order("first_seen DESC").Limit(int64(limit)))
}

// Print is by what an exact repost of a post is known: its URL, or the hash of its
// reduced text. Either may be empty.
type Print struct {
	ID       string
	URL      string
	TextHash string
}

// Reposted names posts of events first seen since the given time that have the URL or
// the text of one of these: the first one for each.
func Reposted(ctx context.Context, db store.Conn, since time.Time, prints []Print) ([]string, error) {
	var q *bun.SelectQuery
	for _, p := range prints {
		for _, by := range []struct{ column, value string }{{"url", p.URL}, {"text_hash", p.TextHash}} {
			if by.value == "" {
				continue
			}
			first := db.NewSelect().Table("posts").Column("id").Where("? = ?", bun.Ident(by.column), by.value).
				Where("event_id IS NOT NULL").Where("first_seen >= ?", since).Order("first_seen", "id").Limit(1)
			// SQLite takes a LIMIT in a part of a UNION only inside parentheses of its own.
			part := db.NewSelect().ColumnExpr("id").TableExpr("(?) AS first", first)
			if q == nil {
				q = part
			} else {
				q = q.UnionAll(part)
			}
		}
	}
	if q == nil {
		return nil, nil
	}
	var ids []string
	if err := q.Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("look up reposts: %w", err)
	}
	return ids, nil
}

// Cursor is where a reading of all posts, in the order in which they were first seen,
// has come to.
type Cursor struct {
	FirstSeen time.Time
	ID        string
}

// PrintsAfter reads the prints of the next posts of events, limit at most, and where
// to go on; none at the end.
func PrintsAfter(ctx context.Context, db store.Conn, at Cursor, limit int) ([]Print, Cursor, error) {
	var rows []struct {
		Print
		FirstSeen time.Time
	}
	err := db.NewSelect().Table("posts").Column("id", "url", "text_hash", "first_seen").
		Where("event_id IS NOT NULL").Where("(first_seen, id) > (?, ?)", at.FirstSeen, at.ID).
		Order("first_seen", "id").Limit(int64(limit)).Scan(ctx, &rows)
	if err != nil {
		return nil, at, fmt.Errorf("read the posts to index: %w", err)
	}
	prints := make([]Print, len(rows))
	for i, r := range rows {
		prints[i] = r.Print
		at = Cursor{r.FirstSeen, r.ID}
	}
	return prints, at, nil
}
