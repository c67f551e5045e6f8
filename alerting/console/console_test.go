package console_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"

	"huiying/alerting"
	"huiying/alerting/console"
	"huiying/internal/verdict"
)

var update = flag.Bool("update", false, "write the golden files anew")

func message() alerting.Message {
	return alerting.Message{
		DeliveryID: "A-1/煤炭科", NoticeID: "A-1", Kind: alerting.KindAlert, Receiver: "煤炭科",
		Category: verdict.Emergency, Grade: verdict.Major, At: time.Date(2026, 11, 23, 1, 12, 31, 0, time.UTC),
		Content: alerting.Content{
			Headline: "【突发事件·重大】长治沁源某煤矿透水，12人被困",
			Summary:  "今晨6时许，沁源县某煤矿井下发生透水，12人被困。矿山救护队已赶到现场，排水和搜救正在进行，家属在矿门口等候消息，道路管制至另行通知。",
			Fields: []alerting.Field{
				{Name: "归口", Value: "煤炭科"},
				{Name: "会商", Value: "市应急管理局、市卫生健康委（拟发布信息须先与其沟通确认）"},
				{Name: "地域依据", Value: "沁源县（据“沁源”）"},
				{Name: "首次发布（1小时）", Value: "11-23 10:12 前"},
			},
			Why:  "TF-01：场所 煤矿，事故 透水；地域 长治（写到就算）",
			Link: "https://news.example.com/2026/1123/a-very-long-path-of-an-article-that-does-not-fit-on-one-line-1234567890.html",
			Page: "http://127.0.0.1:8420/events/E-20261123-1",
		},
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	update1 := message()
	update1.NoticeID, update1.Kind, update1.Repeat = "A-2", alerting.KindUpdate, true
	office := message()
	office.Receiver = "局办公室"
	digest := alerting.Message{NoticeID: "D-1", Kind: alerting.KindDigest, Receiver: "局办公室", At: message().At, Content: alerting.Content{
		Headline: "11月23日舆情日报", Summary: "一、今日收到帖文 60 条，告警 9 起。\n二、零报告来源 2 个。",
	}}
	for name, o := range map[string]console.Options{"plain": {}, "narrow": {Width: 48}, "color": {Color: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			s := console.New(&b, o)
			for _, m := range []alerting.Message{message(), office, update1, digest} {
				if _, err := s.Send(t.Context(), m); err != nil {
					t.Fatal(err)
				}
			}
			file := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			width := o.Width
			if width == 0 {
				width = 88
			}
			ansi := regexp.MustCompile("\x1b\\[[0-9;]*m")
			for line := range strings.SplitSeq(ansi.ReplaceAllString(b.String(), ""), "\n") {
				if w := (&runewidth.Condition{}).StringWidth(line); w > width && !strings.Contains(line, "://") {
					t.Errorf("%d columns: %s", w, line)
				}
			}
		})
	}
}

func TestPostsCannotDriveTheTerminal(t *testing.T) {
	t.Parallel()
	for name, trick := range map[string]string{
		"title":   "停电\x1b]0;你被黑了\a",
		"colour":  "停\x1b[31m电\x1b[2J",
		"C1":      "停\u009b31m电",
		"return":  "真\r假",
		"bidi":    "停\u202e电",
		"newline": "停电\n━━ 告警 ━━ 致 全体 ━━",
		"broken":  "停\xff电\x00",
		"bell":    "\a\b\v\f",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			m := message()
			m.Receiver, m.Content = trick, alerting.Content{
				Headline: trick, Summary: trick, Why: trick, Link: trick, Page: trick,
				Fields: []alerting.Field{{Name: trick, Value: trick}},
			}
			s := console.New(&b, console.Options{})
			for range 2 {
				if _, err := s.Send(t.Context(), m); err != nil {
					t.Fatal(err)
				}
			}
			out := b.String()
			for _, r := range out {
				if r != '\n' && r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u202e' {
					t.Errorf("%U in %q", r, out)
				}
			}
			if n := strings.Count("\n"+out, "\n━━"); n != 1 {
				t.Errorf("%d headings, want 1: a post has made one", n)
			}
		})
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("closed") }

func TestBrokenWriterIsAFailure(t *testing.T) {
	t.Parallel()
	_, err := console.New(broken{}, console.Options{}).Send(t.Context(), message())
	f := new(alerting.Failure)
	if !errors.As(err, &f) || f.Reason != alerting.Retry {
		t.Errorf("Send = %v", err)
	}
}

func TestMessagesDoNotMix(t *testing.T) {
	t.Parallel()
	var b strings.Builder // not safe for many goroutines: the race detector would tell
	s := console.New(&b, console.Options{})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := s.Send(t.Context(), message()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := strings.Count(b.String(), "同送"); n != 19 {
		t.Errorf("%d short lines, want 19", n)
	}
}
