package alerting_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/verdict"
)

func matter() alerting.Matter {
	return alerting.Matter{
		Event: event.Event{
			ID: "E-1", Title: "长治沁源某煤矿透水，12人被困", Category: verdict.Emergency, Grade: verdict.Major,
			Sections: []string{"煤炭科"}, Consult: []string{"市应急管理局"}, Tags: []string{"疑似谣言"},
			Toll: verdict.Toll{Trapped: 12}, FirstSeen: time.Date(2026, 11, 23, 1, 12, 31, 0, time.UTC),
		},
		Verdict: verdict.Verdict{Why: "TF-01 命中", Rules: "2026-11-23-1a2b3c4d", Region: &verdict.Region{Place: "沁源县", Evidence: "旁证 煤矿", Certain: true}},
		Post: alerting.Source{
			Title: "长治沁源某煤矿透水，12人被困", Body: "今晨\n\n6时许" + strings.Repeat("长", 300), Name: "上党晚报", Channel: "新闻网站",
			URL: "https://news.example.com/1",
		},
		Clocks: []alerting.Field{{Name: "首次发布", Value: "11-23 10:12 前"}},
		Page:   "http://127.0.0.1:8420/events/E-1",
	}
}

func TestAlertContent(t *testing.T) {
	t.Parallel()
	got := matter().Alert()
	want := alerting.Content{
		Headline: "【突发事件·重大】长治沁源某煤矿透水，12人被困",
		Summary:  "今晨 6时许" + strings.Repeat("长", 193) + "…",
		Fields: []alerting.Field{
			{Name: "首次发布", Value: "11-23 10:12 前"},
			{Name: "伤亡", Value: "被困12人（据帖文，待核实）"},
			{Name: "地点", Value: "沁源县（旁证 煤矿）"},
			{Name: "首次发现", Value: "2026-11-23 09:12:31"},
			{Name: "信息来源", Value: "上党晚报（新闻网站）"},
			{Name: "归口", Value: "煤炭科"},
			{Name: "会商", Value: "市应急管理局（拟发布信息须先与其沟通确认）"},
			{Name: "标记", Value: "疑似谣言"},
		},
		Why: "TF-01 命中（规则版本 2026-11-23-1a2b3c4d）", Link: "https://news.example.com/1", LinkName: "上党晚报", Page: "http://127.0.0.1:8420/events/E-1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := utf8.RuneCountInString(got.Summary); n != 200 {
		t.Errorf("summary has %d 字", n)
	}
}

func TestHeadlines(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*alerting.Matter)
		want   string
	}{
		"pending":    {func(m *alerting.Matter) { m.Event.Grade = verdict.Pending }, "【突发事件·等级待定】长治沁源某煤矿透水，12人被困"},
		"no grade":   {func(m *alerting.Matter) { m.Event.Category, m.Event.Grade = verdict.Interest, "" }, "【切身利益】长治沁源某煤矿透水，12人被困"},
		"no title":   {func(m *alerting.Matter) { m.Post.Title, m.Event.Title, m.Post.Body = "", "", "停电\n了" }, "【突发事件·重大】停电 了"},
		"nothing":    {func(m *alerting.Matter) { m.Post.Title, m.Event.Title, m.Post.Body = "", "", "\u200b" }, "【突发事件·重大】（无标题）"},
		"fake lines": {func(m *alerting.Matter) { m.Post.Title = "甲\n【特别重大】乙" }, "【突发事件·重大】甲 【特别重大】乙"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := matter()
			test.change(&m)
			if diff := cmp.Diff(test.want, m.Alert().Headline); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUpdateSaysWhatRose(t *testing.T) {
	t.Parallel()
	ev := func(g verdict.Grade, toll verdict.Toll) event.Event {
		return event.Event{Category: verdict.Emergency, Grade: g, Toll: toll}
	}
	tests := map[string]struct {
		before, after event.Event
		want          string
	}{
		"trapped and grade": {ev(verdict.Large, verdict.Toll{Trapped: 3}), ev(verdict.Major, verdict.Toll{Trapped: 12}), "被困 3→12，等级 较大→重大"},
		"graded":            {ev(verdict.Pending, verdict.Toll{}), ev(verdict.Ordinary, verdict.Toll{Dead: 1}), "死亡 0→1，等级 待定→一般"},
		"fell":              {ev(verdict.Major, verdict.Toll{Dead: 12}), ev(verdict.Major, verdict.Toll{Dead: 3}), ""},
		"loss":              {ev(verdict.Large, verdict.Toll{LossYuan: 9500}), ev(verdict.Extreme, verdict.Toll{LossYuan: 120000000}), "直接损失 9500元→1.2亿元，等级 较大→特别重大"},
		"category": {
			event.Event{Category: verdict.Interest},
			event.Event{Category: verdict.Emergency, Grade: verdict.Pending},
			"类别 切身利益→突发事件",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, alerting.Rose(test.before, test.after)); diff != "" {
				t.Error(diff)
			}
		})
	}
	before := matter().Event
	before.Grade, before.Toll = verdict.Large, verdict.Toll{Trapped: 3}
	got := matter().Update(before)
	if want := "【突发事件·重大】升级：被困 3→12，等级 较大→重大｜长治沁源某煤矿透水，12人被困"; got.Headline != want {
		t.Errorf("headline %s, want %s", got.Headline, want)
	}
	if got.Fields[0] != (alerting.Field{Name: "变化", Value: "被困 3→12，等级 较大→重大"}) {
		t.Errorf("first field %v", got.Fields[0])
	}
}

func TestCopy(t *testing.T) {
	t.Parallel()
	n := alerting.Notice{ID: "A-1", Kind: alerting.KindAlert, Content: matter().Alert(), Grade: verdict.Extreme}
	d := alerting.Delivery{ID: "A-1/煤炭科", NoticeID: "A-1", Receiver: "煤炭科", Target: "coal", LastError: "频道已归档"}
	c, ok := alerting.Copy(n, d, matter().Event.FirstSeen)
	if !ok || c.ID != "U-A-1/煤炭科" {
		t.Fatalf("Copy = %v, %v", c, ok)
	}
	if c.Kind != alerting.KindWarning || !strings.Contains(c.Content.Headline, "未送达煤炭科") || c.Content.Fields[1].Value != "频道已归档" ||
		!strings.HasPrefix(c.Content.Summary, "原文摘录：") {
		t.Errorf("copy %+v", c)
	}
	if n.Content.Fields[0].Name != "首次发布" {
		t.Error("the original was changed")
	}
	if _, ok := alerting.Copy(c, alerting.Delivery{ID: c.ID + "/局办公室"}, c.CreatedAt); ok {
		t.Error("a copy was copied")
	}
}
