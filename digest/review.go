package digest

import (
	"context"

	"huiying/internal/store"
	"huiying/internal/store/views"
	"huiying/internal/zh"
)

// listLength caps the lists that only point at a page with the rest.
const listLength = 50

// collectReview lists what the rules left to a person: posts in 复核 whose event
// raised no alert, one line for each event.
func collectReview(ctx context.Context, db store.Conn, r *Report) error {
	rows, err := views.UnalertedIn(ctx, db, r.From, r.To)
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
		r.Review = append(r.Review, Review{
			EventID: row.EventID, Title: row.Title, Source: row.Source, URL: row.URL,
			Category: row.Category, Posts: 1, SeenAt: row.SeenAt.In(zh.Beijing()),
		})
	}
	return nil
}
