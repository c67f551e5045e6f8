package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/post"
	"huiying/internal/verdict"
	"huiying/pipeline"
	"huiying/response"
)

func TestRisingFiguresRaiseTheEvent(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		p := newPost("a", "http://a/1", flood)
		o := h.process(t, p)[0]
		if got := kinds(o.Clocks); got != "answer" {
			t.Fatalf("较大 opened clocks %s, want answer", got)
		}
		h.pass(30 * time.Minute)
		p.Body = strings.Replace(flood, "3人", "12人", 1)
		o = h.process(t, p)[0]
		if o.Revision != 2 || !o.Change.Raised || o.Event.Grade != verdict.Major || o.Event.Step != 2 || o.Event.Posts != 1 {
			t.Errorf("revision %d, change %+v, event %+v", o.Revision, o.Change, o.Event)
		}
		if got := kinds(o.Clocks); got != "first_release press_conference" {
			t.Errorf("重大 opened clocks %s", got)
		}
		if want := start.Add(30 * time.Minute); !o.Clocks[0].StartedAt.Equal(want) {
			t.Errorf("the clock started %v, want when the new figures were seen, %v", o.Clocks[0].StartedAt, want)
		}
		if len(o.Told) != 4 {
			t.Errorf("update told %v", o.Told)
		}
		// Falling figures lower nothing.
		p.Body = flood
		if o = h.process(t, p)[0]; o.Event.Grade != verdict.Major || len(o.Told) != 0 {
			t.Errorf("figures that fell made %+v", o)
		}
	})
}

func TestReviewBecomesAlert(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		p := newPost("a", "http://a/1", "听说长治沁源县某煤矿那边出了事，救援人员已赶到现场，正在组织排水")
		o := h.process(t, p)[0]
		if o.Event.Handling != verdict.Review || len(o.Told) != 0 {
			t.Fatalf("复核 told %v", o.Told)
		}
		p.Body = flood
		if o = h.process(t, p)[0]; o.Event.Handling != verdict.Alert || o.Event.Step != 1 || len(o.Told) == 0 {
			t.Errorf("event %+v told %v, want the alert", o.Event, o.Told)
		}
	})
}

func TestOldNewsOpensNoClock(t *testing.T) {
	t.Parallel()
	for name, alter := range map[string]func(*post.Post){
		"first round": func(p *post.Post) { p.FirstRound = true },
		"over 72 h":   func(p *post.Post) { p.Published = start.Add(-73 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engines(t, func(t *testing.T, open func() *fixture) {
				p := newPost("a", "http://a/1", flood)
				alter(&p)
				o := open().process(t, p)[0]
				if o.Verdict.Handling != verdict.Review || o.Event.Handling != verdict.Review || len(o.Told) != 0 {
					t.Errorf("handled as %s, told %v", o.Verdict.Handling, o.Told)
				}
			})
		})
	}
	t.Run("official", func(t *testing.T) {
		t.Parallel()
		engines(t, func(t *testing.T, open func() *fixture) {
			p := newPost("a", "http://a/1", flood)
			p.Official = true
			if o := open().process(t, p)[0]; o.Event != nil || o.Verdict.Handling != verdict.None {
				t.Errorf("the government's own word was handled as %s", o.Verdict.Handling)
			}
		})
	})
	t.Run("under 72 h", func(t *testing.T) {
		t.Parallel()
		engines(t, func(t *testing.T, open func() *fixture) {
			p := newPost("a", "http://a/1", flood)
			p.Published = start.Add(-71 * time.Hour)
			if o := open().process(t, p)[0]; len(o.Told) == 0 {
				t.Error("a post of 71 h opened no case")
			}
		})
	})
}

// A page that counts its readers is no news, however often it changes; figures are.
func TestOldNewsStaysOldUntilItGrowsGraver(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		p := newPost("a", "http://a/1", flood+" 阅读100次")
		p.FirstRound = true
		h.process(t, p)
		p.FirstRound = false
		p.Body = flood + " 阅读101次"
		o := h.process(t, p)[0]
		if o.Verdict.Handling != verdict.Review || len(o.Told) != 0 {
			t.Errorf("a counter made old news new: %s, told %v", o.Verdict.Handling, o.Told)
		}
		p.Body = strings.Replace(flood, "3人", "12人", 1)
		if o = h.process(t, p)[0]; o.Event.Handling != verdict.Alert || len(o.Told) == 0 {
			t.Errorf("figures that rose in old news: %s, told %v", o.Verdict.Handling, o.Told)
		}
	})
}

// A source read for the first time may bring the graver figures of a matter that
// already runs.
func TestTheFirstRoundRaisesWhatRuns(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		h.process(t, newPost("a", "http://a/1", flood))
		p := newPost("b", "http://b/1", strings.Replace(flood, "3人", "12人", 1))
		p.FirstRound = true
		o := h.process(t, p)[0]
		if !o.Change.Raised || o.Event.Grade != verdict.Major || len(o.Told) == 0 {
			t.Errorf("change %+v, told %v", o.Change, o.Told)
		}
	})
}

// An update goes to everyone who heard of the matter, also to whom its new grade
// alone would not lead.
func TestWhoHeardHearsMore(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		p := newPost("a", "http://a/1", strings.Replace(flood, "，3人被困井下", "", 1))
		if o := h.process(t, p)[0]; o.Event.Grade != verdict.Pending {
			t.Fatalf("grade %s", o.Event.Grade)
		}
		p.Body = strings.Replace(flood, "3人被困", "1人死亡", 1)
		o := h.process(t, p)[0]
		var told []string
		for _, r := range o.Told {
			told = append(told, r.Name)
		}
		if diff := cmp.Diff([]string{"煤炭科", "局办公室", "分管领导"}, told); diff != "" {
			t.Errorf("待定→一般 told (-want +got):\n%s", diff)
		}
		if len(o.Clocks) != 0 {
			t.Errorf("a less grave event opened clocks %v", o.Clocks)
		}
	})
}

func TestAWidenedMatterTellsItsNewSection(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		p := newPost("a", "http://a/1", "武乡县停电一整天没人管")
		h.process(t, p)
		p.Body = "武乡县停电一整天没人管，矿井也断了电"
		o := h.process(t, p)[0]
		var told []string
		for _, r := range o.Told {
			told = append(told, r.Name)
		}
		if diff := cmp.Diff([]string{"煤炭科", "局办公室"}, told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		ns, err := alerting.NoticesOf(t.Context(), h.db.Reader(), o.Event.ID)
		if err != nil || len(ns) != 2 || !strings.Contains(ns[1].Content.Headline, "新增责任科室 煤炭科") {
			t.Errorf("notices %+v (err %v)", ns, err)
		}
	})
}

func kinds(cs []response.Clock) string {
	var out []string
	for _, c := range cs {
		out = append(out, string(c.Kind))
	}
	return strings.Join(out, " ")
}

// A unit that answers for the place hears of the matter as soon as its place is known,
// and of everything after.
func TestTheUnitOfThePlaceIsToldOnceItIsKnown(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		const text = "某小区停电两天没有人管，打了好几次电话都没有人来修，老人孩子都受不了"
		told := func(o pipeline.Outcome) string {
			var names []string
			for _, r := range o.Told {
				names = append(names, r.Name)
			}
			return strings.Join(names, " ")
		}
		if got := told(h.process(t, newPost("a", "http://a/1", text))[0]); got != "电力科 局办公室" {
			t.Fatalf("the alert told %s", got)
		}
		h.pass(time.Minute)
		if got := told(h.process(t, newPost("b", "http://b/1", "网友爆料：黎城县"+text))[0]); got != "黎城中心 局办公室" {
			t.Errorf("the place told %s", got)
		}
		h.pass(time.Minute)
		out := h.process(t, newPost("c", "http://c/1", "武乡县网友说，黎城县"+text+"，矿井也是"))[0]
		if got := told(out); got != "煤炭科 局办公室" || !slices.Equal(out.Event.Units, []string{"黎城中心"}) {
			t.Errorf("another place and section told %s, units %v", got, out.Event.Units)
		}
		e, err := alerting.Heard(t.Context(), h.db.Reader(), out.Event.ID)
		if err != nil || len(e) != 4 {
			t.Errorf("heard %v, %v", e, err)
		}
	})
}

// TestAPageFilledWithAnotherMatterAlerts: the address stays, the matter is another.
// A text that is told on, corrected or grown stays what it was.
func TestAPageFilledWithAnotherMatterAlerts(t *testing.T) {
	t.Parallel()
	const first = "长治潞州区某小区停电两天没有人管，居民很着急"
	for name, c := range map[string]struct {
		text    string
		another bool
	}{
		"another county in the same words": {"长治沁源县某小区停电两天没有人管，居民很着急", true},
		"other words":                      {"长北主干道变电站起火，三万户停电，抢修人员正赶往现场，恢复时间未定", true},
		"told on":                          {first + "。供电公司称今晚十点前恢复，已安排两台发电车。", false},
		"corrected":                        {"长治潞州区某小区停电三天没有人管，居民十分着急", false},
		"told shorter":                     {"潞州区某小区停电两天", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engines(t, func(t *testing.T, open func() *fixture) {
				h := open()
				one := h.process(t, newPost("a", "http://a/today", first), newPost("b", "http://b/1", first))[0]
				h.pass(time.Hour)
				two := h.process(t, newPost("a", "http://a/today", c.text))[0]
				if got := two.Event.ID != one.Event.ID; got != c.another || two.Change.Alerted != c.another {
					t.Fatalf("another event: %v by %+v, alerted %v; want %v", got, two.Join, two.Change.Alerted, c.another)
				}
				if !c.another {
					return
				}
				if two.Event.Posts != 1 || two.Event.Sources != 1 || !two.Clocks[0].StartedAt.Equal(h.clock()) {
					t.Errorf("the new event is %+v with clocks %+v", two.Event, two.Clocks)
				}
				var was event.Event
				if err := h.db.Reader().NewSelect().Model(&was).Where("id = ?", one.Event.ID).Scan(t.Context()); err != nil || was.Posts != 1 || was.Sources != 1 {
					t.Errorf("the old event is left with %d posts of %d sources, %v", was.Posts, was.Sources, err)
				}
				again := h.process(t, newPost("c", "http://c/1", c.text), newPost("d", "http://d/1", first))
				if again[0].Event.ID != two.Event.ID || again[1].Event.ID != one.Event.ID {
					t.Errorf("reposts came to %s and %s, want %s and %s", again[0].Event.ID, again[1].Event.ID, two.Event.ID, one.Event.ID)
				}
			})
		})
	}
}

// TestPostsOfOneAddressMayBeManyMatters: some boards give every question the list's
// address.
func TestPostsOfOneAddressMayBeManyMatters(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		seen := map[string]bool{}
		for i, text := range []string{
			"长治潞州区某小区停电两天没有人管，居民很着急", "长治沁源县某小区停电两天没有人管，居民很着急", "变电站起火，三万户停电，抢修人员正赶往现场，恢复时间未定",
		} {
			p := newPost("a", fmt.Sprint("http://a/", i), text)
			p.URL = "http://a/list"
			o := h.process(t, p)[0]
			if seen[o.Event.ID] || !o.Change.Alerted {
				t.Errorf("matter %d joined %s by %+v and alerted nobody", i+1, o.Event.ID, o.Join)
			}
			seen[o.Event.ID] = true
		}
	})
}
