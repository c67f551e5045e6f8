package audit

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"huiying/internal/store"
	"huiying/internal/zh"
)

// state is what the sentinel knows; it is lost with the process.
type state struct {
	node   string // tells this process from others
	moves  []move // of the stages, in their order
	look   move   // of the job
	lastAt string // the job's last look

	mono time.Duration // at the last tick
	wall time.Time

	failing time.Duration // since when the database does not answer; 0 while it does
	shouted bool          // people were told of it without the database
	beat    time.Duration // last report

	mu     sync.Mutex
	status Status
}

// move is when a count was last seen to move.
type move struct {
	count int64
	at    time.Duration
}

// Status is how huiying finds itself, for pages and probes.
type Status struct {
	// Ready says that every look of late found all well. Before the first look it
	// is false.
	Ready bool
	// Troubles are those that are open.
	Troubles []Trouble
	// Jumps are those of the clock in the last day.
	Jumps []Jump
	// Reported is when the service outside was last told that all is well; zero for
	// never. ReportError is why the last report did not arrive, without its address.
	Reported    time.Time
	ReportError string
}

// Status is how things stand.
func (a *Auditor) Status() Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.status
}

// The sentinel's own findings.
func blind() Finding {
	return Finding{
		Name: stagePrefix + "timers", Title: "定时任务停了：催办、上报、日报和发送都不会动",
		Detail: "自查任务没有按时运行。", Remedy: "重启 huiying；再犯请把日志交给维护人员。",
	}
}

func mute() Finding {
	return Finding{
		Name: stagePrefix + "database", Title: "数据库不应答：研判、告警和计时都停着",
		Detail: "连续读写不了数据库。", Remedy: "检查磁盘空间和数据库；恢复后自动接着办，不会丢。",
	}
}

// Run is the sentinel. It needs nothing of the jobs.
func (a *Auditor) Run(ctx context.Context) error {
	a.mono, a.wall = a.o.Mono(), a.o.Now()
	a.moves = make([]move, len(a.o.Stages))
	for i, s := range a.o.Stages {
		a.moves[i] = move{s.Done(), a.mono}
	}
	a.look = move{0, a.mono}
	if at, err := a.last(ctx); err == nil {
		a.lastAt = at // of an earlier run: it proves nothing of this one
	}
	a.beat = a.mono - a.o.Times.Beat
	tick := time.NewTicker(a.o.Times.Every / 2)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		a.tick(ctx)
	}
}

// tickTime bounds what one look of the sentinel may wait for the database.
const tickTime = 10 * time.Second

func (a *Auditor) tick(ctx context.Context) {
	mono := a.o.Mono()
	a.leap(ctx, mono)
	found := a.still(mono)
	work, cancel := context.WithTimeout(ctx, tickTime)
	err := a.record(work, mono, found)
	cancel()
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		a.unanswered(ctx, mono, err)
	} else {
		a.failing, a.shouted = 0, false
		a.tell(ctx)
	}
	a.publish(ctx, err)
	a.report(ctx, mono)
}

// still finds the stages that have something to do and do not move.
func (a *Auditor) still(mono time.Duration) []Finding {
	var found []Finding
	for i, s := range a.o.Stages {
		m := &a.moves[i]
		if n := s.Done(); n != m.count || !s.Waiting() {
			*m = move{n, mono}
		} else if stood := mono - m.at; stood >= a.o.Times.Patience {
			f := s.Finding
			f.Name = stagePrefix + a.node + "/" + f.Name
			f.Detail = fmt.Sprintf("已经 %s 没有动。", zh.Span(stood)) + f.Detail
			found = append(found, f)
		}
	}
	return found
}

// record looks whether the job has looked, and writes down what stands still.
func (a *Auditor) record(ctx context.Context, mono time.Duration, found []Finding) error {
	at, err := a.last(ctx)
	if err != nil {
		return err
	}
	if at != a.lastAt {
		a.lastAt, a.look.at = at, mono
		a.look.count++
	} else if mono-a.look.at >= a.o.Times.Patience {
		found = append(found, blind())
	}
	return a.o.DB.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return note(ctx, tx, bySentinel(a.node, a.o.Times.Every/2, a.o.Times.Patience), found, a.o.Now())
	})
}

// tell takes to people what they have not been told.
func (a *Auditor) tell(ctx context.Context) {
	fresh, over, err := toTell(ctx, a.o.DB.Reader())
	if err != nil {
		a.o.Log.ErrorContext(ctx, "cannot read what to tell of troubles", "error", err)
		return
	}
	open, err := Open(ctx, a.o.DB.Reader())
	if err != nil {
		a.o.Log.ErrorContext(ctx, "cannot read open troubles", "error", err)
		return
	}
	var failing []string
	for _, t := range open {
		if t.Target != "" && !slices.Contains(failing, t.Target) {
			failing = append(failing, t.Target)
		}
	}
	say := func(w Word) {
		w.Failing = failing
		if w.Well {
			a.o.Log.InfoContext(ctx, "trouble with huiying itself is over", "trouble", w.Name, "since", w.Since)
		} else {
			a.o.Log.ErrorContext(ctx, "trouble with huiying itself", "trouble", w.Name, "title", w.Title, "detail", w.Detail)
		}
		if err := a.o.Tell(ctx, w, told(w, a.o.Now())); err != nil {
			a.o.Log.ErrorContext(ctx, "cannot tell people of a trouble, will be tried again", "trouble", w.Name, "error", err)
		}
	}
	for _, t := range fresh {
		say(Word{Trouble: t})
	}
	for _, t := range over {
		say(Word{Trouble: t, Well: true})
	}
}

// unanswered tells once, without the database, that it does not answer.
func (a *Auditor) unanswered(ctx context.Context, mono time.Duration, err error) {
	if a.failing == 0 {
		a.failing = mono
		a.o.Log.ErrorContext(ctx, "huiying cannot look after itself: the database does not answer", "error", err)
	}
	if a.shouted || mono-a.failing < a.o.Times.Patience {
		return
	}
	f := mute()
	w := Word{Trouble: Trouble{ID: f.Name, Name: f.Name, Title: f.Title, Detail: f.Detail, Remedy: f.Remedy, Since: a.o.Now()}}
	if err := a.o.Tell(ctx, w, nil); err != nil {
		a.o.Log.ErrorContext(ctx, "cannot tell people that the database does not answer, will be tried again", "error", err)
		return
	}
	a.shouted = true
}

// publish keeps what pages show.
func (a *Auditor) publish(ctx context.Context, failed error) {
	var open []Trouble
	var jumps []Jump
	if failed == nil {
		if open, failed = Open(ctx, a.o.DB.Reader()); failed == nil {
			jumps, failed = Jumps(ctx, a.o.DB.Reader(), a.o.Now())
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if failed != nil {
		f := mute()
		open = []Trouble{{ID: f.Name, Name: f.Name, Title: f.Title, Detail: f.Detail, Remedy: f.Remedy, Since: a.o.Now(), Looks: sure}}
		jumps = a.status.Jumps
	}
	a.status.Troubles, a.status.Jumps = open, jumps
	a.status.Ready = failed == nil && len(open) == 0 && a.look.count > 0
}

// report tells the service outside, at its pace, and at once where trouble begins.
func (a *Auditor) report(ctx context.Context, mono time.Duration) {
	if a.o.Report == nil || mono-a.beat < a.o.Times.Beat {
		return
	}
	a.beat = mono
	well := a.Status().Ready
	err := a.o.Report(ctx, well)
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case err != nil:
		a.status.ReportError = err.Error()
		a.o.Log.WarnContext(ctx, "the heartbeat did not arrive", "error", err)
	case well:
		a.status.Reported, a.status.ReportError = a.o.Now(), ""
	}
}

// leap notes jumps of the clock: the wall's time moved by another span than the one
// that passed.
func (a *Auditor) leap(ctx context.Context, mono time.Duration) {
	now := a.o.Now()
	from := a.wall.Round(0).Add(mono - a.mono) // without its monotonic reading
	a.mono, a.wall = mono, now
	by := now.Round(0).Sub(from)
	if by.Abs() < a.o.Times.Leap {
		return
	}
	a.o.Log.WarnContext(ctx, "the clock jumped", "from", from, "to", now, "by", by)
	ctx, cancel := context.WithTimeout(ctx, tickTime)
	defer cancel()
	j := Jump{At: now, Leap: by}
	if _, err := a.o.DB.Writer().NewInsert().Model(&j).On("CONFLICT (at) DO NOTHING").Exec(ctx); err != nil {
		a.o.Log.ErrorContext(ctx, "cannot note a jump of the clock", "error", err)
	}
	a.o.Leapt(ctx, from, now)
}
