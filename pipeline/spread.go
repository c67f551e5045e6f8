package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"huiying/event"
	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

// escalation is a step of 升级 that was reached. Its id names the rule, what was
// counted and the step.
type escalation struct {
	bun.BaseModel `bun:"table:escalations,alias:escalation"`

	ID      string    `bun:"id,pk"`
	EventID string    `bun:"event_id"`
	Why     string    `bun:"why"`
	At      time.Time `bun:"at"`
}

const (
	// countedPosts bounds how many posts one step counts.
	countedPosts = 2000
	// Of each of the loudEvents last events with more than loudPosts posts, no more than
	// loudCounted count.
	loudPosts, loudEvents, loudCounted = 100, 50, 20
)

// tagEscalated marks posts that were raised by how many say the same.
const tagEscalated = "升级"

// escalate raises the verdict of a post that, with those before it, reaches a step
// of 升级: a post under 复核 to 告警, once in the step's own time. Of an event already
// alerted the reason alone is returned, for an update. e is nil for a post that
// joins nothing. Old news counts and raises nothing.
func (p *Pipeline) escalate(ctx context.Context, tx store.Tx, s *event.Sighting, e *event.Event, text string, now time.Time) (reached *escalation, err error) {
	if s.Revision || slices.Contains(s.Verdict.Tags, event.TagFirstRound) || slices.Contains(s.Verdict.Tags, event.TagStale) {
		return nil, nil
	}
	for _, step := range s.Verdict.Escalations {
		alerted := e != nil && e.Handling == verdict.Alert
		if step.To != verdict.Alert || s.Verdict.Handling == verdict.Alert && !alerted {
			continue // it opens a matter by itself
		}
		scope, ok := scopeOf(step, s.Verdict, e)
		if !ok {
			continue
		}
		r := &escalation{ID: fmt.Sprintf("%s/%s/%s/%d/%d/%s", step.Rule, step.By, scope, step.Posts, step.Sources, step.Within), At: now}
		since := now.Add(-step.Within)
		if step.By == verdict.PerEvent {
			since = time.Time{} // once for an event
		}
		if fresh, err := p.freshStep(ctx, tx, r.ID, since); err != nil {
			return nil, err
		} else if !fresh {
			continue
		}
		posts, sources, err := p.saying(ctx, tx, step, s, e, text, now)
		if err != nil {
			return nil, err
		}
		if posts < step.Posts || sources < step.Sources {
			continue
		}
		r.Why = spreadWhy(step, scope, posts, sources)
		if !alerted {
			s.Verdict.Handling = verdict.Alert
			s.Verdict.Tags = append(slices.Clip(s.Verdict.Tags), tagEscalated)
			s.Verdict.Why += " · " + r.Why
		}
		return r, nil
	}
	return nil, nil
}

// scopeOf names what a step counts for this post; false where it counts nothing.
func scopeOf(step verdict.Escalation, v verdict.Verdict, e *event.Event) (string, bool) {
	switch step.By {
	case verdict.PerEvent:
		if e == nil {
			return "", false
		}
		return e.ID, true
	case verdict.PerDistrict:
		if v.Region == nil || v.Region.District == "" {
			return "", false
		}
		return v.Region.District, true
	case verdict.PerCity:
	}
	return "全市", true
}

// saying counts the posts that say what a step asks for, this one too, and their
// sources. In a district and in the city a text and its reposts, which are of one
// event, count as one.
func (p *Pipeline) saying(ctx context.Context, tx store.Tx, step verdict.Escalation, s *event.Sighting, e *event.Event, text string, now time.Time) (posts, sources int, err error) {
	said, from := map[string]bool{}, map[string]bool{s.Post.Source: true}
	if step.By == verdict.PerEvent {
		// Every post of the event counts: no verdict needs to be read.
		var all []string
		err := tx.NewSelect().Model((*row)(nil)).Column("source").Where("event_id = ?", e.ID).
			Where("first_seen >= ?", now.Add(-step.Within)).Order("first_seen DESC").Limit(countedPosts).Scan(ctx, &all)
		if err != nil {
			return 0, 0, fmt.Errorf("count for 升级 of %s: %w", step.Rule, err)
		}
		for _, source := range all {
			from[source] = true
		}
		return len(all) + 1, len(from), nil
	}
	rows, err := p.others(ctx, tx, now.Add(-step.Within))
	if err != nil {
		return 0, 0, fmt.Errorf("count for 升级 of %s: %w", step.Rule, err)
	}
	said[text] = true
	if e != nil {
		said = map[string]bool{e.ID: true}
	}
	for _, r := range rows {
		if sameStep(step, s.Verdict, r.Verdict) {
			said[r.EventID], from[r.Source] = true, true
		}
	}
	return len(said), len(from), nil
}

// others reads the posts of events seen since the given time, the latest first. Of
// an event that everybody speaks of a few stand for all: it is one matter, and must
// not crowd out the others.
func (p *Pipeline) others(ctx context.Context, tx store.Tx, since time.Time) (rows []row, err error) {
	posts := func() *bun.SelectQuery {
		return tx.NewSelect().Model((*row)(nil)).Column("source", "event_id", "verdict").Where("first_seen >= ?", since).Order("first_seen DESC")
	}
	var loud []string
	err = tx.NewSelect().Model((*event.Event)(nil)).Column("id").Where("last_seen >= ?", since).Where("posts > ?", loudPosts).
		Order("last_seen DESC", "id").Limit(loudEvents).Scan(ctx, &loud)
	if err != nil {
		return nil, err
	}
	q := posts().Where("event_id IS NOT NULL").Limit(countedPosts)
	if len(loud) > 0 {
		q = q.Where("event_id NOT IN (?)", bun.List(loud))
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, err
	}
	for _, id := range loud {
		var some []row
		if err := posts().Where("event_id = ?", id).Limit(loudCounted).Scan(ctx, &some); err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	return rows, nil
}

// sameStep reports whether another post's verdict counts for the step too.
func sameStep(step verdict.Escalation, mine, other verdict.Verdict) bool {
	if !slices.ContainsFunc(other.Escalations, func(e verdict.Escalation) bool { return e.Rule == step.Rule }) {
		return false
	}
	return step.By != verdict.PerDistrict || other.Region != nil && other.Region.District == mine.Region.District
}

func spreadWhy(step verdict.Escalation, scope string, posts, sources int) string {
	var parts []string
	if step.Posts > 0 {
		parts = append(parts, fmt.Sprintf("%d 条帖子（达到 %d 条）", posts, step.Posts))
	}
	if step.Sources > 0 {
		parts = append(parts, fmt.Sprintf("%d 个来源（达到 %d 个）", sources, step.Sources))
	}
	where := scope
	if step.By == verdict.PerEvent {
		where = step.By.Name()
	}
	return fmt.Sprintf("升级: %s %s内 %s, %s", where, zh.Exact(step.Within), strings.Join(parts, "、"), step.Rule)
}

// freshStep reports whether the step was not reached since the given time.
func (p *Pipeline) freshStep(ctx context.Context, tx store.Tx, id string, since time.Time) (bool, error) {
	n, err := tx.NewSelect().Model((*escalation)(nil)).Where("id = ?", id).Where("at >= ?", since).Count(ctx)
	if err != nil {
		return false, fmt.Errorf("look up 升级 %s: %w", id, err)
	}
	return n == 0, nil
}

// keepStep records that a step was reached.
func (p *Pipeline) keepStep(ctx context.Context, tx store.Tx, r *escalation) error {
	_, err := tx.NewInsert().Model(r).On("CONFLICT (id) DO UPDATE").
		Set("event_id = EXCLUDED.event_id").Set("why = EXCLUDED.why").Set("at = EXCLUDED.at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep 升级 %s: %w", r.ID, err)
	}
	return nil
}
