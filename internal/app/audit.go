package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"huiying/alerting"
	"huiying/crawler/schedule"
	"huiying/crawler/sitetext"
	"huiying/digest"
	"huiying/internal/audit"
	"huiying/internal/post"
	"huiying/internal/safetext"
	"huiying/internal/store"
	"huiying/internal/zh"
	"huiying/response"
)

// What the audit bears, beside audit.Times.Patience, which bounds how long a stage of
// the process, a queue of jobs or a chat target may stand still.
const (
	// backlog is how long a delivery may wait at a target that takes others.
	backlog = 30 * time.Minute
	// lateJob is how late a job may be while others are begun.
	lateJob = 5 * time.Minute
	// lateSource is how long a source may be due and unread, longRound how long one
	// round may last: its own bound is ten minutes.
	lateSource, longRound = 5 * time.Minute, 15 * time.Minute
	// lateDigest is how late the digest may be: its job looks every ten minutes.
	lateDigest = 15 * time.Minute
)

// newAudit makes what watches over huiying itself.
func (a *App) newAudit(reminders *response.Reminders, climber *alerting.Climber) (err error) {
	report, err := a.heartbeat()
	if err != nil {
		return err
	}
	patience := a.o.Audit.WithDefaults().Patience
	a.audit, err = audit.New(audit.Options{
		DB: a.db, Tell: a.tellOfSelf, Report: report, Leapt: a.leapt, Times: a.o.Audit, Mono: a.o.Mono, Now: a.o.Now, Log: a.o.Log,
		Checks: []audit.Check{
			func(ctx context.Context, now time.Time) ([]audit.Finding, error) {
				return a.checkJobs(ctx, now, patience)
			},
			func(ctx context.Context, now time.Time) ([]audit.Finding, error) {
				return a.checkDeliveries(ctx, now, patience)
			},
			func(ctx context.Context, now time.Time) ([]audit.Finding, error) {
				return a.checkWatched(ctx, now, "clocks", "时限没有提醒任务", reminders.Unwatched)
			},
			func(ctx context.Context, now time.Time) ([]audit.Finding, error) {
				return a.checkWatched(ctx, now, "ladder", "告警没有上报任务", climber.Unclimbed)
			},
			a.checkSources, a.checkDigest,
		},
		Stages: []audit.Stage{
			{
				Finding: audit.Finding{
					Name: "collector", Title: "采集停了：来源没有人读", Remedy: "重启 huiying；再犯请把日志交给维护人员。",
				},
				Done: a.sched.Passes, Waiting: a.collecting.Load,
			},
			{
				Finding: audit.Finding{
					Name: "classifier", Title: "研判停了：读到的帖子没有研判、没有告警", Remedy: "重启 huiying，帖子会重新读到；再犯请把日志交给维护人员。",
				},
				Done: a.pipe.Done, Waiting: a.pipe.Waiting,
			},
		},
	})
	return err
}

// checkJobs finds queues of jobs that stand still, and jobs that are late.
func (a *App) checkJobs(ctx context.Context, now time.Time, patience time.Duration) ([]audit.Finding, error) {
	queues, err := a.db.Queues(ctx, now.Add(-patience))
	if err != nil {
		return nil, err
	}
	var found []audit.Finding
	for _, q := range queues {
		name, title := "jobs", "催办、上报和日报晚了"
		if q.Outward {
			name, title = "sender", "发送停了：消息排着队没有人发"
		}
		still := now.Sub(q.Begun) >= patience
		if q.Late == 0 || !still && (q.Outward || now.Sub(q.Oldest) < lateJob) {
			continue
		}
		found = append(found, audit.Finding{
			Name: name, Title: title,
			Detail: fmt.Sprintf("%d 个任务到点没有做，最早的是 %s。", q.Late, zh.Stamp(q.Oldest)),
			Remedy: "看机器是否忙不过来；重启 huiying 会接着办。",
		})
	}
	return found, nil
}

// checkDeliveries finds chat targets that take nothing, and gives deliveries that no
// job will send a job.
func (a *App) checkDeliveries(ctx context.Context, now time.Time, patience time.Duration) ([]audit.Finding, error) {
	stuck, lost, err := alerting.Standstills(ctx, a.db, now, patience)
	if err != nil {
		return nil, err
	}
	var found []audit.Finding
	for _, s := range stuck {
		f := audit.Finding{
			Name: "target/" + s.Target, Target: s.Target, Title: "消息目的地“" + s.Target + "”发不出去",
			Detail: fmt.Sprintf("%d 条消息没有送达，最早的是 %s。", s.Waiting, zh.Stamp(s.Oldest)),
			Remedy: "检查网络、令牌和平台；恢复后自动补发。急的请电话通知。",
		}
		switch {
		case now.Sub(s.Moved) >= patience:
		case now.Sub(s.Oldest) >= backlog:
			f.Title = "消息目的地“" + s.Target + "”积压"
		default:
			continue
		}
		if s.Error != "" {
			f.Detail += "最近的错误：" + safetext.Excerpt(s.Error, 100)
		}
		found = append(found, f)
	}
	jobs := make([]store.Job, len(lost))
	for i, id := range lost {
		jobs[i] = store.Job{Kind: alerting.JobDeliver, ID: id, Outward: true}
	}
	return append(found, a.missing(ctx, "deliveries", "消息没有发送任务", jobs)...), nil
}

// checkWatched finds what no job watches over.
func (a *App) checkWatched(
	ctx context.Context, now time.Time, name, title string, find func(context.Context, time.Time) ([]store.Job, error),
) ([]audit.Finding, error) {
	jobs, err := find(ctx, now)
	if err != nil {
		return nil, err
	}
	return a.missing(ctx, name, title, jobs), nil
}

// missing adds jobs that should be there. People are told only where the next look
// misses them again.
func (a *App) missing(ctx context.Context, name, title string, jobs []store.Job) []audit.Finding {
	if len(jobs) == 0 {
		return nil
	}
	ids := make([]string, len(jobs))
	for i, j := range jobs {
		ids[i] = j.ID
	}
	a.o.Log.ErrorContext(ctx, "jobs are missing and are added", "what", name, "jobs", len(jobs), "first", ids[0])
	err := a.db.Write(ctx, func(ctx context.Context, tx store.Tx) error { return a.db.EnqueueOnce(ctx, tx, jobs...) })
	if err != nil {
		a.o.Log.ErrorContext(ctx, "cannot add missing jobs", "what", name, "error", err)
	}
	return []audit.Finding{{
		Name: "missing/" + name, Title: title, Detail: fmt.Sprintf("%d 个：%s", len(ids), strings.Join(ids[:min(len(ids), 5)], "、")),
		Remedy: "已自动补上；再出现请把日志交给维护人员。",
	}}
}

// checkSources finds sources that huiying does not read when it should.
func (a *App) checkSources(ctx context.Context, now time.Time) ([]audit.Finding, error) {
	if !a.collecting.Load() {
		return nil, nil
	}
	// After a standstill of our own every source is late, and is being read in turn.
	if since := now.Sub(a.began); since >= 0 && since < lateSource {
		return nil, nil
	}
	late, err := schedule.LateSources(ctx, a.db.Reader(), now, lateSource, longRound)
	if err != nil {
		return nil, err
	}
	var found []audit.Finding
	if len(late.Due) > 0 {
		found = append(found, audit.Finding{
			Name: "sources/due", Title: "有来源到点没有读", Detail: named(late.Due), Remedy: "看机器是否忙不过来；来源太多就把间隔放长。",
		})
	}
	if len(late.Long) > 0 {
		found = append(found, audit.Finding{
			Name: "sources/long", Title: "有来源一轮读了太久", Detail: named(late.Long), Remedy: "重启 huiying；再犯请先停用这个来源。",
		})
	}
	return found, nil
}

// named lists sources by name, the first few.
func named(sources []string) string {
	list := make([]string, min(len(sources), 5))
	for i := range list {
		list[i] = safetext.Excerpt(sitetext.OneLine(sources[i]), 30)
	}
	return fmt.Sprintf("%d 个：%s", len(sources), strings.Join(list, "、"))
}

// checkDigest finds that the digest was not made.
func (a *App) checkDigest(ctx context.Context, now time.Time) ([]audit.Finding, error) {
	due := a.digestAt(now)
	if due.After(now) {
		due = a.digestAt(now.AddDate(0, 0, -1))
	}
	if now.Sub(due) < lateDigest {
		return nil, nil
	}
	first, err := post.FirstSeen(ctx, a.db.Reader())
	if err != nil || first.IsZero() || !first.Before(due) {
		return nil, err
	}
	last, ok, err := digest.Last(ctx, a.db.Reader(), due)
	if err != nil || ok && !last.To.Before(due) {
		return nil, err
	}
	return []audit.Finding{{
		Name: "digest", Title: "日报没有做出来", Detail: "应在 " + zh.Stamp(due) + "。", Remedy: "看日志里 digest 的错误；用 huiying digest 可以先看。",
	}}, nil
}

// heartbeat reports to the service outside; nil where none is configured.
func (a *App) heartbeat() (func(ctx context.Context, well bool) error, error) {
	c := a.o.Config.Heartbeat
	if !c.URL.IsSet() {
		return nil, nil
	}
	return audit.Heartbeat(audit.HeartbeatOptions{URL: c.URL.Reveal(), Fail: c.Fail})
}
