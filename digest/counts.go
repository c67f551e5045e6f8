package digest

import (
	"context"
	"slices"

	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/verdict"
)

// countPosts counts the period's new posts by channel, handling and category.
func countPosts(ctx context.Context, db store.Conn, r *Report) error {
	rows, err := post.TallyOf(ctx, db, r.From, r.To)
	if err != nil {
		return err
	}
	for _, c := range post.Channels() {
		r.Channels = append(r.Channels, ChannelCount{Channel: c})
	}
	for _, c := range verdict.Categories() {
		r.Categories = append(r.Categories, CategoryCount{Category: c})
	}
	for _, row := range rows {
		i := slices.IndexFunc(r.Channels, func(c ChannelCount) bool { return c.Channel == row.Channel })
		if i < 0 { // a channel of a newer version of the program: counted all the same
			i = len(r.Channels)
			r.Channels = append(r.Channels, ChannelCount{Channel: row.Channel})
		}
		c := &r.Channels[i]
		c.Posts += row.N
		switch row.Handling {
		case verdict.Alert:
			c.Alert += row.N
		case verdict.Review:
			c.Review += row.N
		case verdict.None:
			c.None += row.N
		}
		if cat := r.category(row.Category); cat != nil {
			switch row.Handling {
			case verdict.Alert:
				cat.Alert += row.N
			case verdict.Review:
				cat.Review += row.N
			case verdict.None:
			}
		}
	}
	return nil
}

// category is the count of one category; nil for posts of none.
func (r *Report) category(c verdict.Category) *CategoryCount {
	for i := range r.Categories {
		if r.Categories[i].Category == c {
			return &r.Categories[i]
		}
	}
	return nil
}
