package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"huiying/alerting"
	"huiying/configs/yamlcheck"
	"huiying/internal/rulebook"
	"huiying/internal/rulebook/rulefile"
	"huiying/internal/store"
	"huiying/internal/zh"
	"huiying/web"
)

// How the rules are watched. An editor's change is taken up when it was at rest
// for settle, so that a file half written is not called bad.
const (
	lookEvery = time.Second
	settle    = 300 * time.Millisecond
	// settleMost is how often files that do not come to rest are waited for.
	settleMost = 5
	// badFor is how long files must be bad before the editors are told.
	badFor = 2 * time.Second
	// trouble is the pause after which rules are tried again that are right but
	// could not be made live, say for want of memory.
	trouble = 30 * time.Second
	// tellMost bounds the problems named in a message and on the page.
	tellMost = 5
)

// reloader makes changes of the rule files live while huiying runs.
type reloader struct {
	app    *App
	dir    string
	owners []string
	live   *rulebook.Live

	seen  string    // hash of the files last tried
	retry time.Time // when to try them again; zero for never
	kept  string    // version last kept for a restart while the files are bad
	// standIn says which rules judge while the files have been bad from the start.
	standIn string

	mu    sync.Mutex
	state web.Rules
	// untold is the notice that the editors have not been told yet.
	untold *alerting.Notice
	bad    string // hash of the bad files on disk; "" while they are good
	// since is when the files became bad: what was told of them before, and mended,
	// is told again.
	since time.Time
	begun bool // files were taken up, or refused, since the start
}

func newReloader(a *App, dir string) *reloader {
	c := a.o.Config
	return &reloader{
		app: a, dir: dir, owners: c.Organisation.Owners(), live: a.live,
		standIn: a.o.RulesStandIn,
		state:   web.Rules{Version: a.live.Version(), Since: a.o.Now()},
	}
}

// status is what the pages show of the rules.
func (r *reloader) status() web.Rules {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

// run watches until ctx ends.
func (r *reloader) run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		r.look(ctx)
		r.keep(ctx)
		r.tell(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// look takes up the rules on disk where they differ from those it tried last.
func (r *reloader) look(ctx context.Context) {
	now := r.app.o.Now()
	hash := rulefile.Fingerprint(r.dir)
	again := !r.retry.IsZero() && !now.Before(r.retry)
	if hash == r.seen && !again {
		return
	}
	if r.seen != "" {
		hash = r.atRest(ctx, hash)
	}
	rules, err := rulefile.Load(r.dir, r.owners)
	if rulefile.Fingerprint(r.dir) != hash {
		return // it changed while we read: what we read may be neither
	}
	if err != nil && r.seen != "" && !r.lasts(ctx, hash) {
		return // a file caught while it was being written: look again
	}
	r.seen, r.retry = hash, time.Time{}
	if err != nil {
		r.refuse(ctx, hash, lines(err))
		return
	}
	if rules.Version() != r.live.Version() {
		began := now
		if err := r.live.Change(rulebook.RuleSet(rules)); err != nil {
			r.retry = r.app.o.Now().Add(trouble)
			r.refuse(ctx, hash, []string{err.Error()})
			return
		}
		r.app.o.Reached("rules changed")
		r.app.o.Log.InfoContext(ctx, "new rules are live", "version", rules.Version(), "took", r.app.o.Now().Sub(began))
	}
	r.accept(rules.Version())
}

// keep keeps good rules as a version, so that a restart finds them should the
// files be spoilt meanwhile. Where it cannot, say on a read-only disk, the watch
// goes on.
func (r *reloader) keep(ctx context.Context) {
	version := r.live.Version()
	if r.kept == version || r.bad != "" || r.seen == "" {
		return
	}
	_, err := rulebook.KeepLive(r.dir, r.owners, r.app.o.Now())
	if errors.Is(err, rulebook.ErrBusy) {
		return // somebody publishes: at the next look
	}
	if r.kept = version; err != nil {
		r.app.o.Log.WarnContext(ctx, "cannot keep the live rules for a restart: should the files be bad then, older ones or the shipped ones will judge",
			"version", version, "error", err)
	}
}

// atRest waits until the files stay as they are for a moment and returns their
// hash. It does not wait for ever: files written without end are taken as they are.
func (r *reloader) atRest(ctx context.Context, hash string) string {
	tick := time.NewTicker(settle)
	defer tick.Stop()
	for range settleMost {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return hash
		}
		next := rulefile.Fingerprint(r.dir)
		if next == hash {
			break
		}
		hash = next
	}
	return hash
}

// lasts tells whether bad files stay as they are for a good while. Editors save by
// emptying a file first, and on a busy machine that moment can be long.
func (r *reloader) lasts(ctx context.Context, hash string) bool {
	wait := time.NewTimer(badFor)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
		return false
	}
	return rulefile.Fingerprint(r.dir) == hash
}

// refuse leaves the last good rules live and prepares to say so.
func (r *reloader) refuse(ctx context.Context, hash string, problems []string) {
	r.app.o.Log.ErrorContext(ctx, "the rules on disk are bad, the last good ones stay live",
		"version", r.live.Version(), "problems", len(problems), "first", problems[0])
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bad == "" {
		// A restart tells of the same files once an hour at most: it may be one of many.
		if r.since = r.app.o.Now(); !r.begun {
			r.since = r.since.Truncate(time.Hour)
		}
	}
	r.begun, r.bad = true, hash
	r.state.More = max(0, len(problems)-tellMost)
	r.state.Problems = problems[:min(len(problems), tellMost)]
	c := alerting.Content{
		Headline: "【规则】规则文件有错，线上仍用旧规则",
		Summary:  strings.Join(r.state.Problems, "\n"),
		Fields:   []alerting.Field{{Name: "线上版本", Value: r.state.Version + "，自 " + zh.Stamp(r.state.Since)}},
		Why:      "监测没有中断。改好并保存后自动上线；先检查：huiying rules check",
		Page:     r.app.o.Config.Web.PublicURL + "/",
	}
	if r.state.More > 0 {
		c.Summary += fmt.Sprintf("\n还有 %d 处", r.state.More)
	}
	if r.standIn != "" {
		c.Headline = "【规则】规则文件有错，重启后用别的规则顶上"
		c.Fields[0] = alerting.Field{Name: "现在用的规则", Value: r.standIn}
	}
	// The time keeps the same mistake made again, after it was mended, from passing
	// in silence.
	r.untold = r.notice(fmt.Sprintf("W-rules-bad-%s-%d", hash, r.since.Unix()), c)
}

// accept notes that the rules on disk are good and live.
func (r *reloader) accept(version string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state.Version != version {
		r.state.Version, r.state.Since = version, r.app.o.Now()
	}
	r.state.Problems, r.state.More = nil, 0
	r.begun, r.standIn = true, ""
	if r.bad == "" {
		return
	}
	r.untold = r.notice(fmt.Sprintf("W-rules-good-%s-%d", version, r.since.Unix()), alerting.Content{
		Headline: "【规则】规则文件已改好，新规则已上线",
		Fields:   []alerting.Field{{Name: "线上版本", Value: version + "，自 " + zh.Stamp(r.state.Since)}},
		Page:     r.app.o.Config.Web.PublicURL + "/",
	})
	r.bad = ""
}

func (r *reloader) notice(id string, c alerting.Content) *alerting.Notice {
	return &alerting.Notice{
		ID: id, Kind: alerting.KindWarning, ForEditors: true, Content: c, CreatedAt: r.app.o.Now(),
	}
}

// tell writes down what the editors are to be told; a database that does not
// answer is tried again at the next look. The notice's id keeps it from being
// told twice.
func (r *reloader) tell(ctx context.Context) {
	if r.untold == nil {
		return
	}
	err := r.app.db.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		_, err := r.app.outbox.Post(ctx, tx, *r.untold, "")
		return err
	})
	if err != nil {
		r.app.o.Log.ErrorContext(ctx, "cannot tell the editors of their rules", "error", err)
		return
	}
	r.untold = nil
}

// lines says what is wrong, a mistake a line. Files are named without the
// directory they all stand in.
func lines(err error) []string {
	problems, ok := errors.AsType[yamlcheck.Problems](err)
	if !ok {
		return []string{err.Error()}
	}
	out := make([]string, len(problems))
	for i, p := range problems {
		p.File = filepath.Base(p.File)
		out[i] = p.String()
	}
	return out
}
