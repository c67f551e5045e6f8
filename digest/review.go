package digest

import (
	"context"
	"time"

	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

// listLength caps the lists that only point at a page with the rest.
const listLength = 50

// collectReview lists what the rules left to a person: posts in 复核 whose event
// raised no alert, one line for each event.
func collectReview(ctx context.Context, db store.Conn, r *Report) error {
	var rows []struct {
		ID         string           `bun:"id"`
		EventID    string           `bun:"event_id"`
		EventTitle string           `bun:"event_title"`
		Title      string           `bun:"title"`
		SourceName string           `bun:"source_name"`
		URL        string           `bun:"url"`
		Category   verdict.Category `bun:"category"`
		FirstSeen  time.Time        `bun:"first_seen"`
	}
	err := db.NewSelect().TableExpr("posts AS post").
		ColumnExpr("post.id, post.title, post.source_name, post.url, post.category, post.first_seen").
		ColumnExpr("COALESCE(post.event_id, '') AS event_id").
		ColumnExpr("COALESCE(event.title, '') AS event_title").
		Join("LEFT JOIN events AS event ON event.id = post.event_id").
		Where("post.handling = ?", verdict.Review).
		Where("(event.id IS NULL OR event.handling = ?)", verdict.Review).
		Where("post.first_seen >= ?", r.From).Where("post.first_seen < ?", r.To).
		OrderExpr("post.first_seen, post.id").
		Scan(ctx, &rows)
	if err != nil {
		return err
	}
	at := make(map[string]int)
	for _, row := range rows {
		key := row.EventID
		if key == "" {
			key = row.ID
		}
		if i, ok := at[key]; ok {
			if i < listLength {
				r.Review[i].Posts++
			}
			continue
		}
		at[key] = r.ReviewTotal
		r.ReviewTotal++
		if len(r.Review) == listLength {
			continue
		}
		title := row.Title
		if title == "" {
			title = row.EventTitle
		}
		r.Review = append(r.Review, Review{
			EventID: row.EventID, Title: title, Source: row.SourceName, URL: row.URL,
			Category: row.Category, Posts: 1, SeenAt: row.FirstSeen.In(zh.Beijing()),
		})
	}
	return nil
}
