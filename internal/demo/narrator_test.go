package demo_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/crawler"
	"huiying/crawler/schedule"
	"huiying/event"
	"huiying/internal/demo"
	"huiying/internal/post"
	"huiying/internal/verdict"
	"huiying/pipeline"
	"huiying/response"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestNarratorIsPlainOffTheTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	n := demo.NewNarrator(&out, func() time.Time { return start })
	n.Opening([]demo.Place{
		{ID: "portal", Name: "市政府网站", Kind: "GBK 网页", URL: "http://127.0.0.1:1", Entrance: "/col/index.html"},
		{ID: "paper", Name: "漳河晚报", Kind: "电子报", URL: "http://127.0.0.1:2", Entrance: "/html/{2006-01/02}/node_1.htm"},
	}, "http://127.0.0.1:8420")
	n.Chapter(1, demo.Chapter{Title: "开门", Text: "五处来源各读第一遍。"})
	portal := crawler.Source{ID: "portal", Name: "市政府网站"}
	n.Saw(pipeline.Outcome{Post: post.Post{Source: "portal"}, Revision: 1})
	n.Saw(pipeline.Outcome{Post: post.Post{Source: "portal"}, Revision: 1})
	n.Round(schedule.Outcome{Source: portal, First: true, Posts: 2})
	n.Saw(pipeline.Outcome{Post: post.Post{Source: "portal"}, Revision: 2})
	n.Round(schedule.Outcome{Source: portal, Posts: 3})
	n.Round(schedule.Outcome{Source: portal, Report: crawler.Report{Unchanged: true}})
	n.Round(schedule.Outcome{Source: portal, Err: errors.New("connection refused")})
	water := event.Event{
		Title: "沁源县一煤矿发生透水 3人被困 救援正在进行 排水设备已经到位", Handling: verdict.Alert,
		Category: verdict.Emergency, Grade: verdict.Large, Sections: []string{"煤炭科", "安全监督科"},
	}
	news := post.Post{SourceName: "漳河新闻网"}
	n.Saw(pipeline.Outcome{
		Post: news, Revision: 1, Event: &water, Change: event.Change{Alerted: true},
		Clocks: []response.Clock{{Kind: response.Answer, DueAt: start.Add(48 * time.Hour)}},
	})
	n.Saw(pipeline.Outcome{
		Post: post.Post{SourceName: "微博话题"}, Revision: 1, Event: &water, Join: event.Join{Event: "E-1"},
	})
	graver := water
	graver.Grade = verdict.Major
	n.Saw(pipeline.Outcome{
		Post: news, Revision: 2, Event: &graver, Change: event.Change{Raised: true, Grade: verdict.Large},
		Clocks: []response.Clock{
			{Kind: response.FirstRelease, DueAt: start.Add(time.Hour)},
			{Kind: response.PressConference, DueAt: start.Add(24 * time.Hour)},
		},
	})
	n.Saw(pipeline.Outcome{
		Post: post.Post{SourceName: "网络问政"}, Revision: 1,
		Event: &event.Event{Title: "黎城县城东小区暖气不热", Handling: verdict.Review},
	})
	n.Saw(pipeline.Outcome{Post: news, Revision: 1})
	if _, err := n.Write([]byte("     （控制台的告警）\n")); err != nil {
		t.Fatal(err)
	}
	n.Closing(demo.Summary{
		Posts: 66, Handling: map[verdict.Handling]int{verdict.Alert: 20, verdict.Review: 6, verdict.None: 40},
		Events: 19, Alerts: 13, Updates: 1, Cases: 13, Digest: "digest-2026-11-23.html",
	}, "http://127.0.0.1:8420")
	golden := filepath.Join("testdata", "narrator.golden")
	if *update {
		if err := os.WriteFile(golden, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("narration (-want +got):\n%s", diff)
	}
}
