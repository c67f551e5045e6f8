package slack

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"huiying/alerting"
)

const (
	// gather is how long a look-up waits for others to join it.
	gather = 100 * time.Millisecond
	// skew is how far Slack's clock may lag behind ours before Slack has told its time.
	skew = 5 * time.Minute
	// pageSize is the most Slack recommends; maxPages bounds one look-up at 20,000
	// messages.
	pageSize = 200
	maxPages = 100
	// patience bounds one look-up in all.
	patience = time.Minute
)

// lookups joins those who ask at the same time: one reading of the history
// answers them all.
type lookups struct {
	mu      sync.Mutex
	waiting map[string]*lookup // by the thread's ts, "" for the channel itself
	closed  time.Time          // until when Slack wants no reading
}

type lookup struct {
	since time.Time
	want  map[string]bool
	done  chan struct{}
	found map[string]alerting.Ref
	err   error
}

// Find implements alerting.Finder. An answer in a thread is looked for in its
// thread, then in the channel: there it stands where the thread is gone, or where the
// attempt was made before the message that begins the thread stood.
func (s *Sender) Find(ctx context.Context, deliveryID string, thread alerting.Ref, since time.Time) (alerting.Ref, bool, error) {
	l := s.join(ctx, deliveryID, thread.TS, since)
	select {
	case <-l.done:
	case <-ctx.Done():
		return alerting.Ref{}, false, fmt.Errorf("slack: look up %s: %w", deliveryID, ctx.Err())
	}
	ref, ok := l.found[deliveryID]
	if ok {
		return ref, true, nil
	}
	if l.err != nil {
		var refused *refusal
		if thread.TS != "" && errors.As(l.err, &refused) && refused.code == "thread_not_found" {
			return s.Find(ctx, deliveryID, alerting.Ref{}, since)
		}
		return alerting.Ref{}, false, l.err
	}
	if thread.TS != "" {
		return s.Find(ctx, deliveryID, alerting.Ref{}, since)
	}
	return alerting.Ref{}, false, nil
}

// join adds a delivery to the look-up that is about to start.
func (s *Sender) join(ctx context.Context, id, thread string, since time.Time) *lookup {
	s.lookups.mu.Lock()
	defer s.lookups.mu.Unlock()
	l := s.lookups.waiting[thread]
	if l == nil {
		l = &lookup{since: since, want: make(map[string]bool), done: make(chan struct{}), found: make(map[string]alerting.Ref)}
		s.lookups.waiting[thread] = l
		// It serves everyone who joins: the first one's end must not end it.
		go s.run(context.WithoutCancel(ctx), l, thread)
	}
	if since.Before(l.since) {
		l.since = since
	}
	l.want[id] = true
	return l
}

func (s *Sender) run(ctx context.Context, l *lookup, thread string) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	timer := time.NewTimer(gather)
	<-timer.C
	s.lookups.mu.Lock()
	delete(s.lookups.waiting, thread) // from here on nobody joins
	s.lookups.mu.Unlock()
	defer close(l.done)
	cursor := ""
	for range maxPages {
		if l.err = s.mayRead(); l.err != nil {
			return
		}
		if err := s.reads.Wait(ctx); err != nil {
			l.err = &alerting.Failure{Reason: alerting.Retry, Err: fmt.Errorf("slack: look-up: wait for a turn: %w", err)}
			return
		}
		var msgs []slackgo.Message
		msgs, cursor, l.err = s.page(ctx, thread, cursor, l.since)
		if l.err != nil {
			s.readLess(l.err)
			return
		}
		for _, m := range msgs {
			id, _ := m.Metadata.EventPayload["delivery"].(string)
			if m.Metadata.EventType == eventType && l.want[id] {
				l.found[id] = alerting.Ref{Channel: s.channel, TS: m.Timestamp}
			}
		}
		if cursor == "" || len(l.found) == len(l.want) {
			return
		}
	}
	l.err = &alerting.Failure{Reason: alerting.Retry, Err: fmt.Errorf("slack: look-up: over %d messages since %s", maxPages*pageSize, l.since.Format(time.RFC3339))}
}

// mayRead refuses a reading before the time that Slack asked for.
func (s *Sender) mayRead() error {
	s.lookups.mu.Lock()
	defer s.lookups.mu.Unlock()
	if wait := s.lookups.closed.Sub(s.now()); wait > 0 {
		return &alerting.Failure{
			Reason: alerting.RateLimited, RetryAfter: wait,
			Err: errors.New("slack: look-up: not before the time that Slack asked for"),
		}
	}
	return nil
}

// readLess keeps to a Retry-After of Slack's.
func (s *Sender) readLess(err error) {
	var f *alerting.Failure
	if !errors.As(err, &f) || f.Reason != alerting.RateLimited {
		return
	}
	s.lookups.mu.Lock()
	defer s.lookups.mu.Unlock()
	if until := s.now().Add(f.RetryAfter); until.After(s.lookups.closed) {
		s.lookups.closed = until
	}
}

func (s *Sender) page(ctx context.Context, thread, cursor string, since time.Time) (msgs []slackgo.Message, next string, err error) {
	// Slack's messages bear Slack's time.
	oldest := fmt.Sprintf("%d.000000", since.Add(-skew-time.Duration(s.ahead.Load())).Unix())
	if thread == "" {
		err = s.call(ctx, "conversations.history", func(ctx context.Context) error {
			h, err := s.api.GetConversationHistoryContext(ctx, &slackgo.GetConversationHistoryParameters{
				ChannelID: s.channel, Cursor: cursor, Limit: pageSize, Oldest: oldest, Inclusive: true, IncludeAllMetadata: true,
			})
			if err != nil {
				return err
			}
			if !h.Ok {
				return errNoAnswer
			}
			msgs, next = h.Messages, h.ResponseMetaData.NextCursor
			return nil
		})
		return msgs, next, err
	}
	err = s.call(ctx, "conversations.replies", func(ctx context.Context) error {
		var err error
		msgs, _, next, err = s.api.GetConversationRepliesContext(ctx, &slackgo.GetConversationRepliesParameters{
			ChannelID: s.channel, Timestamp: thread, Cursor: cursor, Limit: pageSize, Oldest: oldest, Inclusive: true, IncludeAllMetadata: true,
		})
		if err == nil && len(msgs) == 0 {
			return errNoAnswer // a thread holds at least the message it hangs on
		}
		return err
	})
	return msgs, next, err
}
