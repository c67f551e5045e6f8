package schedule

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"huiying/crawler"
	"huiying/internal/post"
)

// round reads src once and settles its lease, which the caller has taken. It records
// the round also when ctx ends meanwhile.
func (s *Scheduler) round(ctx context.Context, src crawler.Source) error {
	began := s.o.Now()
	var h Health
	if err := s.o.Read.NewSelect().Model(&h).Where("id = ?", src.ID).Scan(ctx); err != nil {
		return fmt.Errorf("health of source: %w", err)
	}
	done := Outcome{Source: src, First: h.Rounds == 0}
	var empty time.Time
	if done.First && h.Trouble == crawler.Empty {
		var err error
		if empty, err = emptySince(ctx, s.o.Read, src.ID); err != nil {
			return err
		}
	}
	stop := s.renew(ctx, src.ID)
	metered, meter := crawler.WithMeter(ctx)
	done.Report, done.Err = s.collect(metered, src, &done, empty)
	done.Traffic = meter.Traffic()
	stop()
	now := s.o.Now()
	done.Took = max(0, now.Sub(began))
	// The round is over even if we are being stopped: record it, else its lease
	// would keep the source shut after the restart.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if ctx.Err() != nil && done.Err != nil {
		// Cut short by our own stop: not the source's fault, and due at once.
		_, err := s.o.Write.NewUpdate().Model((*Health)(nil)).Set("leased_until = NULL").Set("next_at = ?", now).
			Where("id = ?", src.ID).Exec(end)
		return errors.Join(done.Err, err)
	}
	o, err := s.scheduleNext(end, &done, h, began, now)
	if err == nil {
		err = settle(end, s.o.Write, o)
	}
	s.o.OnOutcome(done)
	return errors.Join(done.Err, err)
}

// scheduleNext assesses a round that ended and plans the next: by the trouble it met,
// at once where a backlog waits, else by the source's habit.
func (s *Scheduler) scheduleNext(ctx context.Context, done *Outcome, h Health, began, now time.Time) (settlement, error) {
	src, report := done.Source, done.Report
	done.Trouble, done.Reason = done.assess()
	done.Reason = clipReason(done.Reason)
	o := settlement{first: done.First, more: report.More, since: h.LastGood, rest: retryAt(done.Err)}
	o.round = PastRound{
		Source: src.ID, StartedAt: began, EndedAt: now, Trouble: done.Trouble, Reason: done.Reason,
		Settled:   !done.First && h.Failures == 0 && !began.After(h.NextAt.Add(standstill)),
		Unchanged: report.Unchanged, Items: report.Items, Failed: report.Failed,
		Requests: done.Traffic.Requests, Unmodified: done.Traffic.Unmodified, Bytes: done.Traffic.Bytes,
	}
	if done.Posts > 0 && !done.First {
		fresh, err := s.o.CountNew(ctx, src.ID, began)
		if err != nil {
			return o, err
		}
		o.round.Fresh = fresh
	}
	switch {
	case done.Trouble != "":
		o.pause = backoff(done.Trouble, h.Failures, src.Every)
	case report.More:
		o.pause = src.Every // the rest of the backlog waits
	default:
		habit, err := s.habits.get(ctx, src.ID, now)
		if err != nil {
			return o, err
		}
		o.pause = habit.Pause(now, src.Every, src.Slowest)
	}
	o.round.DueAt = now.Add(jitter(o.pause))
	if o.round.DueAt.Before(o.rest) {
		o.round.DueAt = o.rest.Add(jitter(time.Second))
	}
	return o, nil
}

// collect runs the source's collector; its panic is an error of the source and
// of no other.
func (s *Scheduler) collect(ctx context.Context, src crawler.Source, done *Outcome, empty time.Time) (report crawler.Report, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.o.Log.ErrorContext(ctx, "collector panicked", "source", src.ID, "panic", p, "stack", string(debug.Stack()))
			err = &crawler.TroubleError{
				Trouble: crawler.Hostile, Reason: "页面内容使读取程序出错，已隔离，稍后自动再试。请把网址告诉维护人员。",
				Err: fmt.Errorf("collector panicked: %v", p),
			}
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	reread, err := s.o.Reread(ctx, src.ID)
	if err != nil {
		return crawler.Report{}, asOurs(err)
	}
	r := crawler.Round{
		Known: func(ctx context.Context, urls []string) (map[string]bool, error) {
			known, err := s.o.Known(ctx, src.ID, urls)
			return known, asOurs(err)
		},
		Reread: reread,
	}
	return src.Collector.Collect(ctx, r, func(ctx context.Context, posts []post.Post) error {
		for i := range posts {
			posts[i].FirstRound = done.First && !src.Pushed && !publishedSince(posts[i], empty)
		}
		if err := s.o.Emit(ctx, posts); err != nil {
			return asOurs(err)
		}
		done.Posts += len(posts)
		return nil
	})
}

// publishedSince reports whether a post was published after its source was found empty: a
// new board's first posts are news, not its backlog. Pages tell the time to the
// minute only.
func publishedSince(p post.Post, empty time.Time) bool {
	return !empty.IsZero() && !p.Published.IsZero() && p.Published.After(empty.Add(-time.Minute))
}

// asOurs marks an error that is no fault of the source.
func asOurs(err error) error {
	if err == nil {
		return nil
	}
	return &crawler.TroubleError{Trouble: crawler.Ours, Reason: "本机的数据库或存储出错，读到的内容没能存下，稍后自动重读。", Err: err}
}
