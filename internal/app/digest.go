package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"huiying/alerting"
	"huiying/configs"
	"huiying/digest"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/zh"
)

// jobDigest is the kind of the one job that makes and sends the daily digest.
const jobDigest = "digest"

// DigestOf is the digest of a day, as 2006-01-02: the one that was sent, or else
// what the day, in +08:00, holds up to now.
func DigestOf(ctx context.Context, db *store.DB, c *configs.Config, day string, now time.Time) (digest.Report, error) {
	r, err := digest.Load(ctx, db.Reader(), day)
	if err == nil || !errors.Is(err, digest.ErrNotFound) {
		return r, err
	}
	at, err := time.ParseInLocation(time.DateOnly, day, zh.Beijing())
	if err != nil {
		return r, fmt.Errorf("日期“%s”看不懂: 请写成 2026-11-23", day)
	}
	from, to := zh.Day(at)
	r, err = digest.Collect(ctx, db.Reader(), from, to, now)
	r.Bureau = c.Organisation.Bureau
	return r, err
}

// digestPause is the longest time between two looks at whether the digest is due:
// clocks jump, machines sleep, and digest.at may be moved.
const digestPause = 10 * time.Minute

// digestAt is when the digest of the day of t is due.
func (a *App) digestAt(t time.Time) time.Time {
	from, _ := zh.Day(t)
	return from.Add(time.Duration(a.o.Config.Digest.At))
}

// scheduleDigest sees that the job that makes the digests is there. It is one job
// for ever, which puts itself off until the next digest.
func (a *App) scheduleDigest(ctx context.Context) error {
	return a.db.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return a.db.EnqueueOnce(ctx, tx, store.Job{Kind: jobDigest, ID: "daily"})
	})
}

// dailyDigest handles jobs of kind jobDigest: it makes the digest that is due, if
// any, and comes back for the next.
func (a *App) dailyDigest(ctx context.Context, _ string) error {
	now := a.o.Now()
	due := a.digestAt(now)
	if due.After(now) {
		due = a.digestAt(now.AddDate(0, 0, -1))
	}
	if err := a.sendDigest(ctx, due); err != nil {
		return err
	}
	next := a.digestAt(now)
	if !next.After(now) {
		next = a.digestAt(now.AddDate(0, 0, 1))
	}
	return store.Snooze(min(next.Sub(now), digestPause))
}

// digestReceiver is who gets the digest: digest.receiver, by default the office.
func (a *App) digestReceiver() alerting.Receiver {
	o := organisation(a.o.Config.Organisation, a.o.Config.Ladder)
	all := append([]alerting.Receiver{o.Office, o.Head}, o.Leaders...)
	for _, s := range o.Sections {
		all = append(all, s.Receiver)
	}
	for _, r := range all {
		if r.Name == a.o.Config.Digest.Receiver {
			return r
		}
	}
	return o.Office
}

func dayOf(t time.Time) string { return t.In(zh.Beijing()).Format(time.DateOnly) }

// sendDigest stores the digest of what came between the last one and due, and
// tells the office, unless that was done. After days of being down one digest
// covers them all; the first one covers a day.
func (a *App) sendDigest(ctx context.Context, due time.Time) error {
	from := due.AddDate(0, 0, -1)
	last, ok, err := digest.Last(ctx, a.db.Reader(), due)
	if err != nil {
		return err
	}
	if ok {
		if !last.To.Before(due) {
			return nil
		}
		from = last.To // nothing falls between two digests
	} else if first, err := post.FirstSeen(ctx, a.db.Reader()); err != nil || first.IsZero() || !first.Before(due) {
		return err // we did not watch then
	}
	r, err := digest.Collect(ctx, a.db.Reader(), from, due, a.o.Now())
	if err != nil {
		return err
	}
	r.Day, r.Bureau = dayOf(due), a.o.Config.Organisation.Bureau
	content := digest.Content(r)
	content.Page = a.o.Config.Web.PublicURL + "/digests/" + r.Day
	n := alerting.Notice{ID: "D-" + r.Day, Kind: alerting.KindDigest, Content: content, CreatedAt: a.o.Now()}
	return a.db.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		told, err := a.outbox.PostTo(ctx, tx, n, []alerting.Receiver{a.digestReceiver()}, "")
		if err != nil || told == nil { // it was sent before, and stays as it was sent
			return err
		}
		return digest.Save(ctx, tx, r)
	})
}
