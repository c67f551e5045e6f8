package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"huiying/crawler"
	"huiying/internal/store"
)

// When people are told of sources.
const (
	// overdue is the number of usual gaps after which silence is told, short of the
	// two within which it must be.
	overdue = 1.5
	// leastUnread and mostUnread bound how long a source that cannot be reached is
	// given before people are told; within them it is its usual gap.
	leastUnread, mostUnread = 15 * time.Minute, 2 * time.Hour
	// networkLeast is the least number of sources whose common silence means that our
	// own network is down, networkShare how many of all it takes, in percent.
	networkLeast, networkShare = 3, 80
	// networkBack is how long after the first source could be read again the network
	// counts as back, whoever still fails.
	networkBack = 15 * time.Minute
	// groupFrom is how many sources are told of in one notice when they fall silent,
	// or are well again, at about the same time.
	groupFrom = 4
)

// Message is what people must be told of sources, once.
type Message struct {
	// ID is deterministic: two nodes that see the same trouble have one message for it.
	ID string
	// Recovered says that the trouble is over.
	Recovered bool
	// Network says that it is our own network: every source fails alike.
	Network bool
	Sources []Affected
}

// Affected is one source of a Message.
type Affected struct {
	Health
	Trouble crawler.Trouble
	// Since is when it was last read or, where it can be read and brings nothing,
	// when it last brought something. For one that is well again it is when people
	// were told.
	Since time.Time
	// Usual is how long it usually keeps silent at most; zero where that is not known.
	Usual time.Duration
}

// Mark writes down that people are told, in the transaction that takes the notice.
// It returns how many sources were marked: none where another node was first.
func (m Message) Mark(ctx context.Context, tx store.Tx, now time.Time) (int, error) {
	marked := 0
	for _, s := range m.Sources {
		q := tx.NewUpdate().Model((*Health)(nil)).Where("id = ?", s.ID).Where("told = ?", s.Told)
		if m.Recovered {
			q = q.Set("told = ''").Set("flagged = ''").Set("flagged_at = NULL")
		} else {
			q = q.Set("told = ?", m.ID).Set("flagged = ?", s.Trouble).Set("flagged_at = ?", now)
		}
		res, err := q.Exec(ctx)
		if err != nil {
			return 0, fmt.Errorf("mark source %s: %w", s.ID, err)
		}
		n, err := res.RowsAffected()
		if err != nil {
			return 0, err
		}
		marked += int(n)
	}
	return marked, nil
}

// MonitorOptions are what a SilenceMonitor needs.
type MonitorOptions struct {
	Read, Write *bun.DB
	// Tell takes a message to people and marks it, both or neither.
	Tell func(ctx context.Context, m Message) error
	// Pause is the time between two looks. Defaults to 1m.
	Pause time.Duration
	Now   func() time.Time
	Log   *slog.Logger
}

// SilenceMonitor tells people of sources that fall silent and of those that are well
// again, each once.
type SilenceMonitor struct {
	o      MonitorOptions
	habits *habits
}

// NewSilenceMonitor makes a SilenceMonitor; Run starts it.
func NewSilenceMonitor(o MonitorOptions) *SilenceMonitor {
	if o.Pause == 0 {
		o.Pause = time.Minute
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &SilenceMonitor{o: o, habits: newHabits(o.Read)}
}

// Run looks after the sources until ctx ends.
func (m *SilenceMonitor) Run(ctx context.Context) error {
	tick := time.NewTicker(m.o.Pause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := m.Check(ctx); err != nil && ctx.Err() == nil {
			m.o.Log.ErrorContext(ctx, "cannot look after the sources", "error", err)
		}
	}
}

// Check tells of what changed since the last look. What cannot be told is told at
// the next.
func (m *SilenceMonitor) Check(ctx context.Context) error {
	now := m.o.Now()
	all, err := ListHealth(ctx, m.o.Read)
	if err != nil {
		return err
	}
	usual := make(map[string]*Habit, len(all))
	for _, h := range all {
		if usual[h.ID], err = m.habits.get(ctx, h.ID, now); err != nil {
			return err
		}
	}
	messages, wake := messagesDue(all, usual, now)
	for _, message := range messages {
		if err := m.o.Tell(ctx, message); err != nil {
			return fmt.Errorf("tell %s: %w", message.ID, err)
		}
	}
	return m.makeDue(ctx, wake, now)
}

// makeDue makes sources due that wait for nothing any more: the network is back.
func (m *SilenceMonitor) makeDue(ctx context.Context, ids []string, now time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := m.o.Write.NewUpdate().Model((*Health)(nil)).Set("next_at = ?", now).
		Where("id IN (?)", bun.List(ids)).Where("next_at > ?", now).
		Where("(rest_until IS NULL OR rest_until <= ?)", now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("wake sources: %w", err)
	}
	return nil
}

// recovered tells whether what people were told of is over.
func (h *Health) recovered() bool {
	if h.Flagged == crawler.Unchanged {
		return h.LastNew.After(h.FlaggedAt)
	}
	return h.Failures == 0 && h.LastGood.After(h.FlaggedAt)
}

// affected reports whether people must hear of a source, and why:
//   - harm at once, since it is not tried again for hours;
//   - other trouble that does not pass by itself when it comes a second time;
//   - a source that cannot be reached once it failed three times and was not read for
//     its usual gap, within leastUnread and mostUnread;
//   - a source that can be read and brings nothing new for overdue usual gaps.
func (h *Health) affected(usual *Habit, now time.Time) (Affected, bool) {
	s := Affected{Health: *h, Trouble: h.Trouble, Since: h.LastGood}
	gap, known := usual.Usual(h.LastNew)
	if known {
		s.Usual = gap
	}
	unread := now.Sub(h.LastGood)
	switch {
	case h.Condition() == Quarantined:
		return s, true
	case h.LastGood.IsZero():
		return s, h.Failures >= 3 || h.Failures >= 2 && !transient(h.Trouble)
	case h.Failures >= 2 && !transient(h.Trouble):
		return s, true
	case (h.Failures >= 3 || h.RestUntil.After(now)) && unread >= min(mostUnread, max(leastUnread, gap)):
		return s, true
	case h.LastNew.IsZero():
		return s, false
	case h.Failures >= 2:
		return s, now.Sub(h.LastNew) >= usual.until(h.LastNew, overdue)
	case h.Failures == 0:
		s.Trouble, s.Since = crawler.Unchanged, h.LastNew
		return s, h.LastGood.Sub(h.LastNew) >= usual.until(h.LastNew, overdue)
	}
	return s, false
}

// messagesFor makes one message of many sources, or a message for each of few.
func messagesFor(list []Affected, well bool, now time.Time) []Message {
	kind := "W-source-"
	if well {
		kind = "W-ok-source-"
	}
	if len(list) >= groupFrom {
		return []Message{{ID: kind + "several-" + strconv.FormatInt(now.Unix(), 10), Recovered: well, Sources: list}}
	}
	messages := make([]Message, len(list))
	for i, s := range list {
		// The start of the trouble keeps its messages apart from those of the next.
		messages[i] = Message{ID: kind + s.ID + "-" + strconv.FormatInt(s.Since.Unix(), 10), Recovered: well, Sources: list[i : i+1]}
	}
	return messages
}
