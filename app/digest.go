package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/alerting"
	"huiying/configs"
	"huiying/digest"
	"huiying/store"
)

// jobDigest is the kind of job that makes and sends one day's digest. Its ID is
// the day, as 2006-01-02.
const jobDigest = "digest"

// DigestOf is the digest of a day, as 2006-01-02: the one that was sent, or else
// what the day, in +08:00, holds up to now.
func DigestOf(ctx context.Context, db *store.DB, c *configs.Config, day string, now time.Time) (digest.Report, error) {
	r, err := digest.Load(ctx, db.Reader(), day)
	if err == nil || !errors.Is(err, digest.ErrNotFound) {
		return r, err
	}
	at, err := time.ParseInLocation(time.DateOnly, day, digest.Zone())
	if err != nil {
		return r, fmt.Errorf("日期“%s”看不懂: 请写成 2026-11-23", day)
	}
	from, to := digest.DayOf(at)
	r, err = digest.Collect(ctx, db.Reader(), from, to, now)
	r.Bureau = c.Organisation.Bureau
	return r, err
}

// digestAt is when the digest of the day of t is due.
func (a *App) digestAt(t time.Time) time.Time {
	from, _ := digest.DayOf(t)
	return from.Add(time.Duration(a.o.Config.Digest.At))
}

// scheduleDigest sees that the next digest is scheduled, and one that fell due
// while we were down is made now.
func (a *App) scheduleDigest(ctx context.Context) error {
	now := a.o.Now()
	due := a.digestAt(now)
	if now.After(due) {
		switch _, err := digest.Load(ctx, a.db.Reader(), dayOf(due)); {
		case errors.Is(err, digest.ErrNotFound):
			first, err := a.firstSeen(ctx)
			if err != nil {
				return err
			}
			if first.IsZero() || first.After(due) {
				due = a.digestAt(now.AddDate(0, 0, 1)) // we did not watch then
			}
		case err != nil:
			return err
		default:
			due = a.digestAt(now.AddDate(0, 0, 1))
		}
	}
	return a.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return a.db.EnqueueOnce(ctx, tx, store.Job{Kind: jobDigest, ID: dayOf(due), At: due})
	})
}

// firstSeen is when huiying first read anything; zero for never.
func (a *App) firstSeen(ctx context.Context) (time.Time, error) {
	var at bun.NullTime
	err := a.db.Reader().NewSelect().TableExpr("posts").ColumnExpr("min(first_seen)").Scan(ctx, &at)
	if err != nil {
		return time.Time{}, fmt.Errorf("read when watching began: %w", err)
	}
	return at.Time, nil
}

// digestReceiver is who gets the digest: digest.receiver, by default the office.
func (a *App) digestReceiver() alerting.Receiver {
	o := organisation(a.o.Config.Organisation)
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

func dayOf(t time.Time) string { return t.In(digest.Zone()).Format(time.DateOnly) }

// sendDigest handles jobs of kind jobDigest: it stores the digest of what came
// since the last one, tells the office, and schedules the next.
func (a *App) sendDigest(ctx context.Context, day string) error {
	at, err := time.ParseInLocation(time.DateOnly, day, digest.Zone())
	if err != nil {
		return fmt.Errorf("digest of %q: %w", day, err)
	}
	to := a.digestAt(at)
	from := to.AddDate(0, 0, -1)
	if last, err := digest.List(ctx, a.db.Reader(), 1); err != nil {
		return err
	} else if len(last) > 0 && last[0].To.Before(to) {
		from = last[0].To // nothing falls between two digests
	}
	r, err := digest.Collect(ctx, a.db.Reader(), from, to, a.o.Now())
	if err != nil {
		return err
	}
	r.Day, r.Bureau = day, a.o.Config.Organisation.Bureau
	content := digest.Content(r)
	content.Page = a.o.Config.Web.PublicURL + "/digests/" + day
	n := alerting.Notice{ID: "D-" + day, Kind: alerting.KindDigest, Content: content, CreatedAt: a.o.Now()}
	return a.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		told, err := a.outbox.PostTo(ctx, tx, n, []alerting.Receiver{a.digestReceiver()}, "")
		if err != nil {
			return err
		}
		if told != nil { // else it was sent before, and stays as it was sent
			if err := digest.Save(ctx, tx, r); err != nil {
				return err
			}
		}
		next := a.digestAt(at.AddDate(0, 0, 1))
		return a.db.EnqueueOnce(ctx, tx, store.Job{Kind: jobDigest, ID: dayOf(next), At: next})
	})
}
