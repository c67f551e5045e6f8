package alerting

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

const (
	// troubled is how long a channel may fail before its deliveries stop trying each
	// by itself.
	troubled = time.Minute
	// probeEvery is the pause between two attempts to see whether it is back, and
	// probeWait how long routine deliveries stay away that may not try; a success
	// calls them at once.
	probeEvery = 15 * time.Second
	probeWait  = 2 * time.Minute
	// callEvery parts the jobs of those who are called, so that they come in order.
	callEvery = 10 * time.Millisecond
	// maxRelease is how many deliveries a recovery calls at once.
	maxRelease = 1000
	// secondPrefix marks the ids of what was sent by a second channel.
	secondPrefix = "V-"
)

// health knows which channels fail, each since when. It is this process's own
// knowledge: another, or one that was started again, learns it anew.
type health struct {
	mu    sync.Mutex
	bad   map[string]spell
	stood map[string]bool // deliveries that went by the second channel
}

// spell is a time in which a channel took nothing.
type spell struct {
	since, last time.Time // the first failure and the last
	probe       time.Time // when the next attempt is due
}

func newHealth() health { return health{bad: make(map[string]spell), stood: make(map[string]bool)} }

// spell is what a channel's failures amount to at now. Failures long ago say
// nothing: whatever waits for a channel tries it every few minutes.
func (h *health) spell(target string, now time.Time) (spell, bool) {
	s, ok := h.bad[target]
	if ok && now.Sub(s.last) > 2*probeWait {
		delete(h.bad, target)
		return spell{}, false
	}
	return s, ok
}

// failed notes a failure that may pass.
func (h *health) failed(target string, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s, ok := h.spell(target, now)
	if !ok {
		s.since = now
	}
	s.last = now
	h.bad[target] = s
}

// worked notes that the channel answers, and reports whether it was in trouble.
func (h *health) worked(target string, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	s, ok := h.spell(target, now)
	delete(h.bad, target)
	return ok && now.Sub(s.since) >= troubled
}

// since is when a channel began to fail; ok is false where it works.
func (h *health) since(target string, now time.Time) (since time.Time, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s, ok := h.spell(target, now)
	return s.since, ok
}

// pause says how long a delivery stays away from a channel in trouble; zero where it
// may try, as one of them is let to now and then. Urgent ones ask more often.
func (h *health) pause(target string, u Urgency, now time.Time) (wait time.Duration, trouble bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s, ok := h.spell(target, now)
	if !ok || now.Sub(s.since) < troubled {
		return 0, false
	}
	switch {
	case now.Before(s.probe) && u >= Grave:
		return s.probe.Sub(now), true
	case now.Before(s.probe):
		return probeWait, true
	}
	s.probe = now.Add(probeEvery)
	h.bad[target] = s
	return 0, true
}

// standIn reports whether a delivery still has to go by the second channel, and
// notes that it did where done.
func (h *health) standIn(id string, done bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if done {
		h.stood[id] = true
	}
	return !h.stood[id]
}

// forget drops what is known of a delivery that was sent.
func (h *health) forget(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.stood, id)
}

// cannotWait reports what goes by a second channel when the first fails: 重大 and
// above, and an emergency whose grade is 待定.
func cannotWait(n Notice) bool {
	return n.Grade.Rank() >= verdict.Major.Rank() || n.Grade == verdict.Pending && n.Category == verdict.Emergency
}

// stand sends a delivery that cannot wait by the second channel, where the first
// has failed, or not sent it, for OutageAfter. It returns how long until then;
// zero where there is nothing to do.
func (d *Deliverer) stand(ctx context.Context, n Notice, row Delivery, now time.Time) (time.Duration, error) {
	second := d.o.Seconds[row.Target]
	if second == "" || d.o.StandIn == nil || !cannotWait(n) || strings.HasPrefix(n.ID, secondPrefix) || !d.health.standIn(row.ID, false) {
		return 0, nil
	}
	since, fails := d.health.since(row.Target, now)
	due := latest(row.CreatedAt, row.HeldUntil).Add(d.o.OutageAfter)
	if at := since.Add(d.o.OutageAfter); fails && at.Before(due) {
		due = at
	}
	if wait := due.Sub(now); wait > 0 {
		return wait, nil
	}
	if !fails {
		since = row.CreatedAt
	}
	err := d.o.DB.RunInTx(ctx, nil, func(ctx context.Context, tx store.Tx) error {
		return d.o.StandIn(ctx, tx, Second(n, row, since, now), Receiver{Name: row.Receiver, Target: second})
	})
	if err != nil {
		return 0, fmt.Errorf("deliver %s: send it by the second channel: %w", row.ID, err)
	}
	d.health.standIn(row.ID, true)
	d.o.Log.ErrorContext(ctx, "the channel fails, going by the second one", "delivery", row.ID, "target", row.Target, "second", second, "since", since)
	return 0, nil
}

// Second words what is sent by a receiver's second channel, because the first has
// not taken a delivery since the given time. It stands beside the delivery itself,
// which is sent when the channel is back.
func Second(n Notice, d Delivery, since, now time.Time) Notice {
	s := Notice{
		ID: secondPrefix + d.ID, Kind: KindWarning, EventID: n.EventID, Step: n.Step, Category: n.Category,
		Grade: n.Grade, Sections: n.Sections, Content: n.Content, CreatedAt: now,
	}
	s.Content.Headline = "【备用渠道】" + n.Content.Headline
	if s.Content.Summary != "" && (n.Kind == KindAlert || n.Kind == KindUpdate) {
		s.Content.Summary = "原文摘录：" + s.Content.Summary // senders mark as quoted only what alerts quote
	}
	s.Content.Fields = append([]Field{{
		Name:  "原渠道",
		Value: d.Target + " 从 " + zh.ShortStamp(since) + " 起发不出去，恢复后补发",
	}}, n.Content.Fields...)
	return s
}

// recovered calls what waits for a channel that is back, the gravest and oldest
// first: what is stale by now lists itself.
func (d *Deliverer) recovered(ctx context.Context, target string) {
	if d.o.Enqueue == nil {
		return
	}
	var rows []Delivery
	err := d.o.DB.RunInTx(ctx, nil, func(ctx context.Context, tx store.Tx) error {
		rows = nil
		if err := tx.NewSelect().Model(&rows).Column("delivery.id", "delivery.urgent").
			Join("JOIN notices AS notice ON notice.id = delivery.notice_id").
			Where("delivery.target = ?", target).Where("delivery.state = ?", Pending).
			Where("(delivery.held_until IS NULL OR delivery.held_until <= ?)", d.o.Now()).
			OrderExpr("delivery.urgent DESC, CASE notice.grade WHEN ? THEN 0 WHEN ? THEN 1 WHEN ? THEN 2 WHEN ? THEN 3 ELSE 4 END, delivery.created_at, delivery.id",
				verdict.Extreme, verdict.Major, verdict.Large, verdict.Pending).
			Limit(maxRelease).Scan(ctx); err != nil {
			return err
		}
		jobs, now := make([]store.Job, len(rows)), d.o.Now()
		for i, r := range rows {
			at := now.Add(time.Duration(i) * callEvery)
			jobs[i] = store.Job{Kind: JobDeliver, ID: r.ID, At: at, Urgent: r.Urgent, Outward: true}
		}
		return d.o.Enqueue(ctx, tx, jobs...)
	})
	if err != nil {
		// Each comes back by itself, only later.
		d.o.Log.WarnContext(ctx, "the channel is back, and those who wait could not be called", "target", target, "error", err)
		return
	}
	d.o.Log.WarnContext(ctx, "the channel is back", "target", target, "waiting", len(rows))
}
