package digest

import (
	"context"
	"fmt"
	"time"

	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/zh"
)

// Collect takes the figures of [from, to) as they stand at now. It only reads.
// An empty period is an error. For a digest that is sent, let to be about now and
// from the last digest's to: rounds that brought nothing are on record for 14 days.
func Collect(ctx context.Context, db store.Conn, from, to, now time.Time) (Report, error) {
	if !from.Before(to) {
		return Report{}, fmt.Errorf("collect digest: period %s to %s is empty; give a start before the end",
			from.Format(time.RFC3339), to.Format(time.RFC3339))
	}
	r := Report{
		Day:  to.Add(-time.Nanosecond).In(zh.Beijing()).Format(time.DateOnly),
		From: from.In(zh.Beijing()),
		To:   to.In(zh.Beijing()),
		At:   now.In(zh.Beijing()),
		// Empty, not null, in JSON.
		Coverage: Coverage{
			Covered: []Source{}, Missed: []Source{}, Unproven: []Source{}, Absent: []post.Channel{},
		},
		Review: []Review{}, Notices: []NoticeCount{}, Undelivered: []Delivery{},
		Silenced: []Silenced{},
	}
	steps := []struct {
		what string
		do   func(context.Context, store.Conn, *Report) error
	}{
		{"posts", countPosts},
		{"sources", collectSources},
		{"events", collectEvents},
		{"review list", collectReview},
		{"notices", countNotices},
		{"deliveries", collectUndelivered},
		{"silences", collectSilenced},
	}
	for _, s := range steps {
		if err := s.do(ctx, db, &r); err != nil {
			return Report{}, fmt.Errorf("collect digest of %s: %s: %w", r.Day, s.what, err)
		}
	}
	read := len(r.Coverage.Covered) > 0 || r.Posts() > 0
	r.Zero = read && len(r.Events) == 0
	r.Blind = !read
	r.Summary = summary(r)
	r.Advice = advice(r)
	return r, nil
}
