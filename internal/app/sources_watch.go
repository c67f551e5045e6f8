package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"huiying/alerting"
	"huiying/crawler"
	"huiying/crawler/schedule"
	"huiying/crawler/sitetext"
	"huiying/internal/safetext"
	"huiying/internal/store"
	"huiying/internal/zh"
)

// tellOfSources takes a word about sources to the operators, in the transaction
// that marks the sources as told of.
func (a *App) tellOfSources(ctx context.Context, w schedule.Message) error {
	now := a.o.Now()
	content := sourceContent(w, now)
	content.Page = a.o.Config.Web.PublicURL + "/sources"
	n := alerting.Notice{ID: w.ID, Kind: alerting.KindWarning, Content: content, CreatedAt: now}
	return a.db.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		marked, err := w.Mark(ctx, tx, now)
		if err != nil || marked == 0 {
			return err // another node told of it
		}
		_, err = a.outbox.Post(ctx, tx, n, "")
		return err
	})
}

// sourceContent is what operators read of sources in trouble, or well again.
func sourceContent(w schedule.Message, now time.Time) alerting.Content {
	switch {
	case w.Network && w.Recovered:
		return alerting.Content{
			Headline: "【来源】网络恢复，来源又能读到了",
			Fields:   []alerting.Field{{Name: "中断时读不到的来源", Value: fmt.Sprintf("%d 个", len(w.Sources))}},
			Summary:  stillFailing(w),
		}
	case w.Network:
		return alerting.Content{
			Headline: fmt.Sprintf("【来源】%d 个来源全都读不到，很可能是本机网络断了", len(w.Sources)),
			Summary:  "请检查本机网络、DNS 和代理。恢复以前看不到任何新的舆情；恢复后自动补读，并再通知一次。",
			Fields:   []alerting.Field{{Name: "最近一次读到", Value: when(w.Sources[0].Since)}},
		}
	case len(w.Sources) > 1 && w.Recovered:
		return alerting.Content{
			Headline: fmt.Sprintf("【来源】%d 个来源恢复正常", len(w.Sources)), Summary: sourceList(w, now),
		}
	case len(w.Sources) > 1:
		return alerting.Content{
			Headline: fmt.Sprintf("【来源】%d 个来源没有声音了", len(w.Sources)), Summary: sourceList(w, now), Why: blindness,
		}
	}
	s := w.Sources[0]
	name := safetext.Excerpt(sitetext.OneLine(s.Name), 40)
	if w.Recovered {
		return alerting.Content{
			Headline: "【来源】恢复正常：" + name,
			Fields: []alerting.Field{
				{Name: "曾经的问题", Value: s.Trouble.Name()}, {Name: "通知于", Value: when(s.Since)},
			},
		}
	}
	c := alerting.Content{Headline: "【来源】" + s.Trouble.Name() + "：" + name, Why: blindness}
	last := "上次读到"
	if s.Trouble == crawler.Unchanged {
		last = "上次有新内容"
		c.Summary = "能读到，但一直没有新内容。可能是网站停更、改版后换了列表，或给程序看的是旧页面，请人工打开核对。"
		c.Why = "平时这个时段不会这么久没有新内容。"
	} else {
		c.Summary = s.LastError
		c.Fields = append(c.Fields, alerting.Field{Name: "连续失败", Value: fmt.Sprintf("%d 次", s.Failures)})
	}
	c.Fields = append(c.Fields,
		alerting.Field{Name: last, Value: when(s.Since)},
		alerting.Field{Name: "平时最长间隔", Value: usually(s.Usual)},
		alerting.Field{Name: "下次再试", Value: when(s.NextAt)},
	)
	return c
}

const blindness = "读到以前，这里的舆情看不到。程序会自动再试，恢复时再通知一次。"

// listMost is how many sources one message names.
const listMost = 10

func sourceList(w schedule.Message, now time.Time) string {
	var lines []string
	for i, s := range w.Sources {
		if i == listMost {
			lines = append(lines, fmt.Sprintf("还有 %d 个", len(w.Sources)-listMost))
			break
		}
		line := safetext.Excerpt(sitetext.OneLine(s.Name), 40) + "：" + s.Trouble.Name()
		if !w.Recovered && !s.Since.IsZero() {
			line += "，" + zh.Span(max(0, now.Sub(s.Since)))
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// stillFailing names those that the network's return did not help.
func stillFailing(w schedule.Message) string {
	n := 0
	for _, s := range w.Sources {
		if s.Failures > 0 {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("其中 %d 个还没读到，如果一直读不到会另行通知。", n)
}

func usually(gap time.Duration) string {
	if gap == 0 {
		return "还不清楚"
	}
	return zh.Span(gap)
}

func when(t time.Time) string {
	if t.IsZero() {
		return "从未"
	}
	return zh.Stamp(t)
}
