package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/event"
	"huiying/internal/post"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

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
func (b *batch) escalate(ctx context.Context, s *event.Sighting, e *event.Event, text string) (reached *event.Escalation, err error) {
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
		r := &event.Escalation{ID: fmt.Sprintf("%s/%s/%s/%d/%d/%s", step.Rule, step.By, scope, step.Posts, step.Sources, step.Within), At: b.now}
		since := b.now.Add(-step.Within)
		if step.By == verdict.PerEvent {
			since = time.Time{} // once for an event
		}
		if done, err := event.Escalated(ctx, b.tx, r.ID, since); err != nil {
			return nil, err
		} else if done {
			continue
		}
		posts, sources, err := b.saying(ctx, step, s, e, text)
		if err != nil {
			return nil, err
		}
		if posts < step.Posts || sources < step.Sources {
			continue
		}
		r.Why = escalationWhy(step, scope, posts, sources)
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
func (b *batch) saying(ctx context.Context, step verdict.Escalation, s *event.Sighting, e *event.Event, text string) (posts, sources int, err error) {
	said, from := map[string]bool{}, map[string]bool{s.Post.Source: true}
	if step.By == verdict.PerEvent {
		// Every post of the event counts: no verdict needs to be read.
		all, err := post.SourcesOf(ctx, b.tx, e.ID, b.now.Add(-step.Within), countedPosts)
		if err != nil {
			return 0, 0, fmt.Errorf("count for 升级 of %s: %w", step.Rule, err)
		}
		for _, source := range all {
			from[source] = true
		}
		return len(all) + 1, len(from), nil
	}
	rows, err := b.others(ctx, b.now.Add(-step.Within))
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
func (b *batch) others(ctx context.Context, since time.Time) ([]post.Stored, error) {
	loud, err := event.Loudest(ctx, b.tx, since, loudPosts, loudEvents)
	if err != nil {
		return nil, err
	}
	rows, err := post.LatestExcept(ctx, b.tx, loud, since, countedPosts)
	if err != nil {
		return nil, err
	}
	for _, id := range loud {
		some, err := post.LatestOf(ctx, b.tx, id, since, loudCounted)
		if err != nil {
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

func escalationWhy(step verdict.Escalation, scope string, posts, sources int) string {
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
