package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"huiying/alerting"
	"huiying/internal/audit"
	"huiying/internal/store"
	"huiying/internal/zh"
	"huiying/web"
)

// reachable are those who are told of trouble, by targets that are not failing: the
// operators, else the office, else whoever reads another target.
func (a *App) reachable(failing []string) []alerting.Receiver {
	well := func(r alerting.Receiver) bool { return !slices.Contains(failing, r.Target) }
	operators := a.router.Route(alerting.Notice{Kind: alerting.KindWarning})
	to := slices.DeleteFunc(slices.Clone(operators), func(r alerting.Receiver) bool { return !well(r) })
	if len(to) > 0 {
		return to
	}
	if office := a.router.Office(); well(office) {
		return []alerting.Receiver{office}
	}
	for _, t := range a.o.Config.Chat.Targets {
		if r := (alerting.Receiver{Name: operators[0].Name, Target: t.Name}); well(r) && a.senders[t.Name] != nil {
			return []alerting.Receiver{r}
		}
	}
	return nil
}

// tellOfSelf takes a trouble of huiying itself to people and sees the messages through
// without waiting for a job. Where the database does not answer it sends them without
// a record, which record being nil says.
func (a *App) tellOfSelf(ctx context.Context, w audit.Word, record func(context.Context, store.Tx) error) error {
	now := a.o.Now()
	n := alerting.Notice{
		ID: "W-audit-" + w.ID, Kind: alerting.KindWarning, CreatedAt: now,
		Overdue: !w.Well, // it does not wait for the morning
		Content: alerting.Content{
			Headline: "【自查】" + w.Title, Summary: w.Detail, Page: a.o.Config.Web.PublicURL + "/",
			Fields: []alerting.Field{{Name: "开始", Value: zh.Stamp(w.Since)}, {Name: "怎么办", Value: w.Remedy}},
			Why:    "恢复时再通知一次。",
		},
	}
	if w.Well {
		n.ID, n.Content.Why = n.ID+"|ok", ""
		n.Content.Headline = "【自查】恢复：" + w.Title
		n.Content.Fields = []alerting.Field{{Name: "时段", Value: zh.Stamp(w.Since) + " 至 " + zh.Stamp(w.OverAt)}}
	}
	to := a.reachable(w.Failing)
	if len(to) == 0 {
		a.o.Log.ErrorContext(ctx, "no chat target is left to tell of trouble with huiying itself: look at the page, and set a second target", "trouble", w.Name)
	}
	if record == nil {
		return a.shout(ctx, n, to)
	}
	err := a.db.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := record(ctx, tx); err != nil || len(to) == 0 {
			return err
		}
		_, err := a.outbox.PostTo(ctx, tx, n, to, "")
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range to {
		a.wg.Go(func() { a.push(ctx, n.ID+"/"+r.Name) })
	}
	return nil
}

// pushFor is how long a message about huiying itself is pushed without its job.
const pushFor = 10 * time.Minute

// push sees a delivery through without its job, which may be what is stuck.
func (a *App) push(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, pushFor)
	defer cancel()
	for {
		out, err := a.deliverer.Deliver(ctx, id)
		if err == nil && out.Snooze <= 0 {
			return
		}
		wait := time.NewTimer(max(out.Snooze, time.Second))
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
		}
	}
}

// shout sends without the database; one who hears is enough.
func (a *App) shout(ctx context.Context, n alerting.Notice, to []alerting.Receiver) error {
	var last error
	for _, r := range to {
		s := a.senders[r.Target]
		if s == nil {
			continue
		}
		_, err := s.Send(ctx, alerting.Message{
			DeliveryID: n.ID + "/" + r.Name, NoticeID: n.ID, Kind: n.Kind, Receiver: r.Name, Content: n.Content, At: n.CreatedAt,
		})
		if err == nil {
			return nil
		}
		last = err
	}
	return last
}

// leapt tells the operators that the clock jumped, and makes jobs due that were put
// off by the old time.
func (a *App) leapt(ctx context.Context, from, to time.Time) {
	if n, err := a.db.Hasten(ctx, to, to); err != nil {
		a.o.Log.ErrorContext(ctx, "cannot hasten jobs after the clock jumped", "error", err)
	} else if n > 0 {
		a.o.Log.InfoContext(ctx, "jobs put off by the old time are due", "jobs", n)
	}
	n := alerting.Notice{
		ID: fmt.Sprintf("W-clock-%d-%d", from.Unix(), to.Unix()), Kind: alerting.KindWarning, CreatedAt: to,
		Content: alerting.Content{
			Headline: "【自查】本机时间跳了" + spanOf(to.Sub(from)),
			Summary:  "从 " + zh.Stamp(from) + " 跳到 " + zh.Stamp(to) + "。时限按新的时间算。",
			Fields:   []alerting.Field{{Name: "怎么办", Value: "核对本机时间和校时服务。时间不对，时限就不对。"}},
		},
	}
	err := a.db.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		_, err := a.outbox.Post(ctx, tx, n, "")
		return err
	})
	if err != nil {
		a.o.Log.ErrorContext(ctx, "cannot tell that the clock jumped", "error", err)
	}
}

func spanOf(d time.Duration) string {
	if d < 0 {
		return "回 " + zh.Span(d)
	}
	return " " + zh.Span(d)
}

// self is what the pages show of huiying itself.
func (a *App) self() web.Self {
	s := a.audit.Status()
	out := web.Self{Ready: s.Ready, ReportError: s.ReportError}
	for _, t := range s.Troubles {
		out.Troubles = append(out.Troubles, web.SelfTrouble{Name: t.Name, Title: t.Title, Detail: t.Detail, Remedy: t.Remedy, Since: t.Since})
	}
	for _, j := range s.Jumps {
		out.Jumps = append(out.Jumps, web.ClockJump{At: j.At, Leap: spanOf(j.Leap)})
	}
	return out
}
