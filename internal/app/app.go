// Package app wires the rooms in one straight line, starts them, and stops them
// in reverse. It makes no decision of its own.
package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"huiying/alerting"
	"huiying/alerting/slack"
	"huiying/configs"
	"huiying/crawler/fetch"
	"huiying/crawler/schedule"
	"huiying/internal/audit"
	"huiying/internal/post"
	"huiying/internal/redact"
	"huiying/internal/rulebook"
	"huiying/internal/rulebook/rulefile"
	"huiying/internal/store"
	"huiying/internal/store/views"
	"huiying/pipeline"
	"huiying/response"
	"huiying/web"
	"huiying/web/ack"
)

// Options say with what an App works. Config and Rules are required.
type Options struct {
	Config *configs.Config
	Rules  *rulefile.Rules
	// RulesStandIn says in Chinese which rules Rules are, where they stand in
	// for files that are bad; "" where they are those of the files.
	RulesStandIn string
	// Data is where relative paths of the configuration's storage start.
	// Defaults to the working directory.
	Data string
	// Color colours what console targets print.
	Color bool
	// Out takes what console targets print. Defaults to nothing.
	Out io.Writer
	Log *slog.Logger
	Now func() time.Time
	// OnOutcome and Round are told of posts and of rounds as they are done.
	OnOutcome func(pipeline.Outcome)
	Round     func(schedule.Outcome)
	// Resolver looks up the names of sources. Defaults to the system's.
	Resolver *net.Resolver
	// Tick is the pause between two looks for due sources, Poll between two looks
	// for due jobs. Both have defaults for daily use.
	Tick, Poll time.Duration
	// Audit says how often huiying looks at itself; it has defaults for daily use.
	Audit audit.Times
	// Mono is a clock that never jumps. Defaults to the system's.
	Mono func() time.Duration
	// Reached is called at named points between steps, of posts, of deliveries and
	// of rules; tests end the process there. Defaults to nothing.
	Reached func(point string)
}

// App is huiying, wired.
type App struct {
	o            Options
	redactor     *redact.Redactor // of what is logged and recorded
	postRedactor *redact.Redactor // of posts
	db           *store.DB
	live         *rulebook.Live
	rules        *reloader
	shared       shared
	rowSecret    []byte // of the ids of rows that are handed in
	router       *alerting.Router
	outbox       *alerting.Outbox
	deliverer    *alerting.Deliverer
	pipe         *pipeline.Pipeline
	sched        *schedule.Scheduler
	monitor      *schedule.SilenceMonitor
	web          *web.Server
	acts         *response.Acts
	ack          *ack.Handler
	clicks       *slack.Clicks
	audit        *audit.Auditor
	senders      map[string]alerting.Sender
	// collecting says that sources are to be read, not only imported; began, set
	// before it, since when.
	collecting atomic.Bool
	began      time.Time

	stops []func(context.Context) error
	wg    sync.WaitGroup
	words sync.WaitGroup // notices being written down
	fatal chan error
	addr  net.Addr

	intakeAddr net.Addr
	ackAddr    net.Addr
}

// New wires an App. Nothing runs before Start; Close it in any case.
func New(ctx context.Context, o Options) (_ *App, err error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.OnOutcome == nil {
		o.OnOutcome = func(pipeline.Outcome) {}
	}
	if o.Round == nil {
		o.Round = func(schedule.Outcome) {}
	}
	if o.Reached == nil {
		o.Reached = func(string) {}
	}
	c := o.Config
	a := &App{o: o, redactor: newRedactor(c, minRedacted), postRedactor: newRedactor(c, minLeak), fatal: make(chan error, 4)}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()

	if a.db, err = store.Open(ctx, Storage(c.Storage, o.Data, o.Log)); err != nil {
		return nil, err
	}
	if a.rowSecret, err = alerting.Key(ctx, a.db.Writer(), "rows"); err != nil {
		return nil, err
	}
	if a.live, err = rulebook.NewLive(rulebook.RuleSet(o.Rules)); err != nil {
		return nil, err
	}
	if a.router, err = newRouter(c); err != nil {
		return nil, err
	}
	a.outbox = alerting.NewOutbox(a.db, a.router)
	a.acts = &response.Acts{DB: a.db, Outbox: a.outbox, Policy: policy(c), Page: a.page, Now: o.Now}
	link, err := a.newAck(ctx)
	if err != nil {
		return nil, err
	}
	if a.clicks, err = a.newClicks(); err != nil {
		return nil, err
	}
	if a.shared, err = a.newShared(); err != nil {
		return nil, err
	}
	if a.senders, err = targets(c.Chat, a.router.Owners(), o); err != nil {
		return nil, err
	}
	a.deliverer, err = alerting.NewDeliverer(alerting.DelivererOptions{
		DB: a.db.Writer(), Claims: a.shared.claims, Targets: a.senders, Settle: sendSettle,
		Undelivered: a.undelivered, Enqueue: a.db.Enqueue, Seconds: seconds(c.Chat), StandIn: a.standIn,
		Clean: a.redactor.Redact, Ack: link, Reached: o.Reached, Now: o.Now, Log: o.Log,
	})
	if err != nil {
		return nil, err
	}
	reminders := &response.Reminders{DB: a.db, Outbox: a.outbox, Policy: policy(c), Page: a.page, Now: o.Now}
	climber := &alerting.Climber{DB: a.db, Outbox: a.outbox, Settled: response.Settled, Now: o.Now}
	err = a.db.Prepare(store.JobOptions{Poll: o.Poll, Clean: a.redactor.Redact}, map[string]store.Handler{
		alerting.JobDeliver:    a.deliver,
		alerting.JobClimb:      climber.Climb,
		alerting.JobSilenceEnd: a.silenceEnds().End,
		response.JobClock:      reminders.Clock,
		response.JobUngraded:   reminders.Ungraded,
		jobDigest:              a.dailyDigest,
		audit.Job:              func(ctx context.Context, id string) error { return a.audit.Look(ctx, id) },
	})
	if err != nil {
		return nil, err
	}
	if err := a.shared.begin(ctx); err != nil {
		return nil, err
	}
	a.pipe = pipeline.New(pipeline.Options{
		DB: a.db, Classifier: a.live, Outbox: a.outbox, Policy: policy(c), Reposts: a.shared.reposts,
		StaleAfter: c.Intake.StaleAfter, JoinWindow: c.Intake.JoinWindow, Bureau: c.Organisation.Bureau,
		Page: a.page, OnOutcome: o.OnOutcome, Reached: o.Reached, Now: o.Now, Log: o.Log,
	})
	client, err := fetch.New(fetchOptions(c.Fetch, fetch.NewSQLValidators(a.db.Writer(), o.Now), o))
	if err != nil {
		return nil, err
	}
	sources, err := collectors(c.Sources, client, o)
	if err != nil {
		return nil, err
	}
	drops, err := a.drops(c.Sources)
	if err != nil {
		return nil, err
	}
	sources = append(sources, drops...)
	a.sched = schedule.NewScheduler(schedule.Options{
		Sources: sources, Read: a.db.Reader(), Write: a.db.Writer(), Emit: a.emit,
		Known:    a.known,
		Reread:   a.reread,
		CountNew: a.fresh,
		Ready:    a.ready, OnOutcome: o.Round, Tick: o.Tick, SingleNode: a.db.Driver() == store.SQLite,
		Now: o.Now, Log: o.Log,
	})
	a.monitor = schedule.NewSilenceMonitor(schedule.MonitorOptions{
		Read: a.db.Reader(), Write: a.db.Writer(), Tell: a.tellOfSources, Now: o.Now, Log: o.Log,
	})
	if err := a.newAudit(reminders, climber); err != nil {
		return nil, err
	}
	a.rules = newReloader(a, o.Rules.Dir)
	a.web, err = web.New(web.Options{
		DB: a.db.Reader(), Now: o.Now, Log: o.Log, Bureau: c.Organisation.Bureau, PublicURL: c.Web.PublicURL,
		Reviewer: c.Organisation.LegalReviewer,
		Rules:    a.rules.status, Self: a.self,
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

// DB is the database, for commands that read or record.
func (a *App) DB() *store.DB { return a.db }

// page is the address of an event's own page.
func (a *App) page(eventID string) string {
	return a.o.Config.Web.PublicURL + "/events/" + eventID
}

func (a *App) known(ctx context.Context, source string, urls []string) (map[string]bool, error) {
	return post.KnownURLs(ctx, a.db.Reader(), source, urls)
}

func (a *App) fresh(ctx context.Context, source string, since time.Time) (int, error) {
	return post.CountOfSource(ctx, a.db.Reader(), source, since)
}

const (
	// rereadFor is how long after its last post an event's articles are read again.
	rereadFor = 7 * 24 * time.Hour
	// mostReread is how many articles of a source are read again in a round.
	mostReread = 200
)

// reread lists the articles of a source whose events wait for an answer: figures rise.
func (a *App) reread(ctx context.Context, source string) ([]string, error) {
	return views.ArticlesWaiting(ctx, a.db.Reader(), source, string(response.Open), a.o.Now().Add(-rereadFor), mostReread)
}

// ready holds intake off while jobs are late: a flat-out writer starves them.
func (a *App) ready(ctx context.Context) time.Duration {
	a.o.Reached("collecting")
	late, err := a.db.Lateness(ctx, a.o.Now())
	if err != nil {
		a.o.Log.WarnContext(ctx, "cannot tell how late jobs are", "error", err)
		return 0
	}
	if late > time.Second {
		return late
	}
	return 0
}

// Storage is where the database is. A relative path of SQLite starts at data.
func Storage(s configs.Storage, data string, log *slog.Logger) store.Options {
	path := s.Path
	if data != "" && !filepath.IsAbs(path) {
		path = filepath.Join(data, filepath.Base(path))
	}
	return store.Options{Driver: string(s.Driver), Path: path, URL: s.URL.Reveal(), Log: log}
}
