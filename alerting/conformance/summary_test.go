package conformance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/internal/safetext"
)

// summary lists n matters; those of posts that wish us ill among them.
func summary(n int) alerting.Message {
	m := message()
	m.NoticeID, m.DeliveryID, m.Kind, m.Grade, m.Category, m.Ack = "Z-20261123-AB12CD", "Z-20261123-AB12CD/煤炭科", alerting.KindSummary, "", "", ""
	m.Content = alerting.Content{
		Headline: fmt.Sprintf("【汇总】%d件事项合并发送", n),
		Summary:  "消息太多，逐条发送来不及，以下事项合并为一条。重大以上的不合并，单独发送。",
	}
	for i := range n {
		title := "【切身利益】潞州区某小区停暖三天，居民反映无人处理，已多次拨打热线"
		if i%3 == 1 {
			title = "【切身利益】<!channel> <@all> [官方](http://evil.example/x) `*_~ "
		}
		m.Content.Items = append(m.Content.Items, alerting.Item{
			Delivery: fmt.Sprintf("A-E-20261123-%08d-interest-1/煤炭科", i), Notice: fmt.Sprintf("A-E-20261123-%08d-interest-1", i),
			Headline: safetext.Cut(title, 48), Page: fmt.Sprintf("http://127.0.0.1:8420/events/E-20261123-%08d", i),
			Ack: fmt.Sprintf("https://ack.example.invalid/a/%088d", i), At: m.At.Add(-time.Duration(i) * time.Minute), Repeat: i == 2,
		})
	}
	return m
}

func TestSummaryListsEveryMatter(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		n := 15
		if r, ok := b.sender.(alerting.Roomy); ok {
			n = r.Room() / 400
		}
		m := summary(n)
		if _, err := b.sender.Send(t.Context(), m); err != nil {
			t.Fatalf("Send: %v", err)
		}
		texts, links := b.shown(t)
		if len(texts) != 1 {
			t.Fatalf("%d messages, want 1", len(texts))
		}
		for _, it := range m.Content.Items {
			if !strings.Contains(texts[0], it.Notice) || !slices.Contains(links, it.Page) || !slices.Contains(links, it.Ack) {
				t.Errorf("%s or a link of it is missing in %q, %q", it.Notice, texts[0], links)
			}
		}
		if strings.Contains(t.Name(), "webhook") { // it passes texts on as they are
			return
		}
		if !strings.Contains(texts[0], "1. 11:00 【切身利益】潞州区") || !strings.Contains(texts[0], "（可能重复）") {
			t.Errorf("when a matter was, or that it may be a repeat, is missing in %q", texts[0])
		}
		for _, bad := range []string{"<!channel>", "<@all>", "http://evil"} {
			if strings.Contains(texts[0], bad) || slices.ContainsFunc(links, func(l string) bool { return strings.Contains(l, "evil") }) {
				t.Errorf("%s comes through", bad)
			}
		}
	})
}
