package pipeline

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/classifier"
	"huiying/event"
	"huiying/response"
	"huiying/store"
)

// Merge makes one matter of two events at a person's word: all posts go to the one
// alerted first, which is returned, and the other's clocks stop with that as the
// record. No machine parts them again.
func Merge(ctx context.Context, tx bun.Tx, a, b, by string, now time.Time) (event.Event, error) {
	into, err := mustEvent(ctx, tx, a)
	if err != nil {
		return event.Event{}, err
	}
	from, err := mustEvent(ctx, tx, b)
	if err != nil {
		return event.Event{}, err
	}
	if into.ID == from.ID {
		return event.Event{}, fmt.Errorf("%s 和 %s 已经是同一个事件 %s", a, b, into.ID)
	}
	if earlier(*from, *into) {
		into, from = from, into
	}
	if _, err := tx.NewUpdate().Model((*row)(nil)).Set("event_id = ?", into.ID).Where("event_id = ?", from.ID).Exec(ctx); err != nil {
		return event.Event{}, fmt.Errorf("move the posts of event %s: %w", from.ID, err)
	}
	into.Take(*from)
	from.MergedInto, from.Handling, from.Posts, from.Sources = into.ID, classifier.None, 0, 0
	if _, err := tx.NewUpdate().Model(from).WherePK().Exec(ctx); err != nil {
		return event.Event{}, fmt.Errorf("close event %s: %w", from.ID, err)
	}
	// What was merged into it before is now part of the other too, in one step.
	if _, err := tx.NewUpdate().Model((*event.Event)(nil)).Set("merged_into = ?", into.ID).Where("merged_into = ?", from.ID).Exec(ctx); err != nil {
		return event.Event{}, fmt.Errorf("move what was merged into event %s: %w", from.ID, err)
	}
	if err := recount(ctx, tx, into); err != nil {
		return event.Event{}, err
	}
	note := response.Evidence{
		Note:   "并入 " + into.ID + "（" + by + "）",
		Clocks: []response.ClockKind{response.FirstRelease, response.PressConference, response.Answer},
	}
	if _, err := response.Stop(ctx, tx, from.ID, note, now); err != nil && !errors.Is(err, response.ErrNoCase) {
		return event.Event{}, err
	}
	l := event.NewLink(into.ID, from.ID)
	l.State, l.By, l.At, l.Why = event.Merged, by, now, "人工合并"
	return *into, event.Decide(ctx, tx, l)
}

// earlier reports whether event a was alerted before b, or seen before it where
// neither was.
func earlier(a, b event.Event) bool {
	switch {
	case a.AlertedAt.IsZero() != b.AlertedAt.IsZero():
		return b.AlertedAt.IsZero()
	case !a.AlertedAt.IsZero() && !a.AlertedAt.Equal(b.AlertedAt):
		return a.AlertedAt.Before(b.AlertedAt)
	}
	return a.FirstSeen.Before(b.FirstSeen)
}

// Split takes a post out of its event at a person's word and makes it an event of
// its own, with a case and clocks where its verdict calls for an alert. Nobody is
// told: a person who splits an event knows. No machine joins the two again.
func Split(ctx context.Context, tx bun.Tx, db *store.DB, policy response.Policy, postID, by string, now time.Time) (event.Event, error) {
	r := new(row)
	err := tx.NewSelect().Model(r).Where("id = ?", postID).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return event.Event{}, fmt.Errorf("没有帖子 %s", postID)
	}
	if err != nil {
		return event.Event{}, fmt.Errorf("read post %s: %w", postID, err)
	}
	if r.EventID == "" {
		return event.Event{}, fmt.Errorf("帖子 %s 不属于任何事件", postID)
	}
	from, err := mustEvent(ctx, tx, r.EventID)
	if err != nil {
		return event.Event{}, err
	}
	if from.Posts < 2 {
		return event.Event{}, fmt.Errorf("事件 %s 只有这一条帖子，不用拆", from.ID)
	}
	e, change := event.Open(event.Sighting{Post: r.post(), Verdict: r.Verdict, Seen: now})
	if e.ID, err = freeName(ctx, tx, e.ID); err != nil {
		return event.Event{}, err
	}
	if change.Alerted {
		e.AlertedAt = now
	}
	if _, err := tx.NewInsert().Model(&e).Exec(ctx); err != nil {
		return event.Event{}, fmt.Errorf("open event %s: %w", e.ID, err)
	}
	if _, err := tx.NewUpdate().Model((*row)(nil)).Set("event_id = ?", e.ID).Where("id = ?", r.ID).Exec(ctx); err != nil {
		return event.Event{}, fmt.Errorf("move post %s: %w", r.ID, err)
	}
	for _, touched := range []*event.Event{from, &e} {
		if err := recount(ctx, tx, touched); err != nil {
			return event.Event{}, err
		}
	}
	if change.Alerted {
		policy = policy.WithDefaults()
		c, opened := policy.For(e, nil, now)
		if err := response.Save(ctx, tx, c, opened); err != nil {
			return event.Event{}, err
		}
		if err := db.Enqueue(ctx, tx, policy.Jobs(e, opened)...); err != nil {
			return event.Event{}, err
		}
	}
	l := event.NewLink(from.ID, e.ID)
	l.State, l.By, l.At, l.Why = event.Parted, by, now, "人工拆分 "+r.ID
	return e, event.Decide(ctx, tx, l)
}

// freeName is the name itself, else with the first number that makes it free: the
// post may have opened an event before, today.
func freeName(ctx context.Context, tx bun.Tx, name string) (string, error) {
	for n := 1; ; n++ {
		try := name
		if n > 1 {
			try = fmt.Sprintf("%s-%d", name, n)
		}
		taken, err := tx.NewSelect().Model((*event.Event)(nil)).Where("id = ?", try).Exists(ctx)
		if err != nil {
			return "", fmt.Errorf("look for a name like %s: %w", name, err)
		}
		if !taken {
			return try, nil
		}
	}
}

func mustEvent(ctx context.Context, db bun.IDB, id string) (*event.Event, error) {
	e, err := eventNow(ctx, db, id)
	if err == nil && e == nil {
		err = fmt.Errorf("没有事件 %s", id)
	}
	return e, err
}

// recount counts an event's posts and sources anew and writes it.
func recount(ctx context.Context, tx bun.Tx, e *event.Event) error {
	err := tx.NewSelect().Model((*row)(nil)).ColumnExpr("count(*), count(DISTINCT source)").
		Where("event_id = ?", e.ID).Scan(ctx, &e.Posts, &e.Sources)
	if err != nil {
		return fmt.Errorf("count the posts of event %s: %w", e.ID, err)
	}
	if _, err := tx.NewUpdate().Model(e).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("store event %s: %w", e.ID, err)
	}
	return nil
}
