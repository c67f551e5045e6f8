package redisfault

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/alerting/claims"
	"huiying/alerting/slack"
	"huiying/classifier"
	"huiying/classifier/jieba"
	"huiying/internal/rulebook"
	"huiying/internal/slacktest"
	"huiying/internal/store"
	"huiying/internal/store/cache"
	"huiying/pipeline"
	"huiying/pipeline/reposts"
	"huiying/response"
)

// shipped is the shipped rules with their dictionary, once for all nodes.
var shipped = sync.OnceValues(func() (*classifier.Classifier, error) {
	_, rules, err := rulebook.Default()
	if err != nil {
		return nil, err
	}
	set := rulebook.RuleSet(rules)
	seg, err := jieba.New(classifier.UserWords(set))
	if err != nil {
		return nil, err
	}
	return classifier.New(set, seg)
})

// node is what one huiying does with posts, wired as app wires it.
type node struct {
	*pipeline.Pipeline

	db    *store.DB
	index *reposts.Shared
	// away and back count what the operators were told of Redis.
	away, back atomic.Int32
	why        atomic.Pointer[error] // of the last time away
	stop       func()
}

// rest is how long a node of these tests leaves Redis alone: a real one takes 10 s.
const rest = 400 * time.Millisecond

func newNode(t *testing.T, at store.Options, redis string, platform *slacktest.Server) *node {
	t.Helper()
	judge, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	client, err := cache.Open(cache.Options{URL: redis, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	n := &node{db: db}
	guard := cache.NewGuard(client.Probe, cache.GuardOptions{
		Rest: rest, Away: func(_ context.Context, err error) { n.why.Store(&err); n.away.Add(1) }, Back: func(context.Context) { n.back.Add(1) },
	})
	if err := guard.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	n.index = reposts.NewShared(reposts.SharedOptions{
		Redis: reposts.NewRedis(client, joinWindow), SQL: reposts.NewSQL(db.Reader()), Guard: guard, Window: joinWindow, Pause: rest,
	})
	n.index.Refill()
	to := func(name string) alerting.Receiver { return alerting.Receiver{Name: name, Target: "slack"} }
	router, err := alerting.NewRouter(alerting.Organisation{
		Office: to("局办公室"), Head: to("局主要负责人"), Leaders: []alerting.Receiver{to("分管领导")},
		Sections: []alerting.Section{{Name: "煤炭科", Leader: "分管领导", Receiver: to("煤炭科")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	sender, err := slack.New(slack.Options{
		Token: slacktest.Token, Channel: slacktest.Channel, APIURL: platform.URL(), PerMessage: time.Millisecond, Timeout: 5 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	deliverer, err := alerting.NewDeliverer(alerting.DelivererOptions{
		DB: db.Writer(), Targets: map[string]alerting.Sender{"slack": sender}, Settle: 6 * time.Second,
		Claims: claims.NewFallback(claims.NewRedis(client), claims.NewSQL(db.Writer(), nil), guard, nil),
	})
	if err != nil {
		t.Fatal(err)
	}
	later := func(context.Context, string) error { return store.Snooze(time.Hour) }
	err = db.Prepare(store.JobOptions{Poll: 50 * time.Millisecond}, map[string]store.Handler{
		alerting.JobDeliver: func(ctx context.Context, id string) error {
			out, err := deliverer.Deliver(ctx, id)
			if err == nil && out.Snooze > 0 {
				return store.Snooze(out.Snooze)
			}
			return err
		},
		alerting.JobClimb: later, response.JobClock: later, response.JobUngraded: later,
	})
	if err != nil {
		t.Fatal(err)
	}
	n.Pipeline = pipeline.New(pipeline.Options{
		DB: db, Classifier: judge, Outbox: alerting.NewOutbox(db, router), Policy: response.Policy{Office: "局办公室"},
		Reposts: n.index, Page: func(id string) string { return "http://127.0.0.1/events/" + id },
	})
	if err := db.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := n.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	watch, cancel := context.WithCancel(t.Context())
	var watching sync.WaitGroup
	watching.Go(func() { _ = guard.Run(watch) })
	n.stop = sync.OnceFunc(func() {
		cancel()
		watching.Wait()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Second)
		defer cancel()
		n.index.Close()
		if err := errors.Join(db.Stop(ctx), client.Close(), db.Close()); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	t.Cleanup(n.stop)
	return n
}

// rivals gives every open delivery a second job, as a node does that takes over from
// one it believes dead: claims and fence must keep the two apart.
func (n *node) rivals(ctx context.Context) error {
	var open []string
	err := n.db.Reader().NewSelect().Model((*alerting.Delivery)(nil)).Column("id").
		Where("state NOT IN (?, ?)", alerting.Sent, alerting.Failed).
		Order("id").Scan(ctx, &open) // two nodes that insert in two orders would lock each other out
	if err != nil || len(open) == 0 {
		return err
	}
	jobs := make([]store.Job, len(open))
	for i, id := range open {
		jobs[i] = store.Job{Kind: alerting.JobDeliver, ID: id, Outward: true}
	}
	return n.db.Write(ctx, func(ctx context.Context, tx store.Tx) error { return n.db.EnqueueOnce(ctx, tx, jobs...) })
}

const joinWindow = 7 * 24 * time.Hour
