package similar_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/event"
	"huiying/event/similar"
	"huiying/internal/seedtest"
)

var start = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

const outage = "长治市上党区韩店镇昨晚八点开始停电，到今天上午还没有来电，打供电所电话一直没有人接，老人孩子都在家里挨冻"

// shelf is an index with the texts it asks for.
type shelf struct {
	*similar.Index
	texts map[string]similar.Text
}

func newShelf(window time.Duration) shelf {
	return shelf{similar.NewIndex(window), map[string]similar.Text{}}
}

func (s shelf) Add(id, event, url string, t similar.Text, at time.Time) {
	s.texts[id] = t
	s.Index.Add(id, event, url, t, at)
}

func (s shelf) find(url string, t similar.Text) (event.Join, bool) {
	joins, err := s.Find(url, t, start, func(id string) (similar.Text, error) { return s.texts[id], nil })
	if err != nil || len(joins) == 0 {
		return event.Join{}, false
	}
	return joins[0], true
}

func TestFind(t *testing.T) {
	t.Parallel()
	r := similar.NewReducer()
	x := newShelf(168 * time.Hour)
	x.Add("P-1", "E-1", "http://a/1", r.Reduce("", outage), start)
	x.Add("P-2", "E-2", "http://a/2", r.Reduce("", "襄垣县又停电了怎么办"), start)
	for name, c := range map[string]struct {
		url, title, body string
		event            string
		how              event.How
	}{
		"the same page":              {url: "http://a/1", body: "改了", event: "E-1", how: event.SameURL},
		"the same text":              {body: outage, event: "E-1", how: event.SameText},
		"other punctuation":          {body: strings.ReplaceAll(outage, "，", " ") + "！！", event: "E-1", how: event.SameText},
		"passed on":                  {body: "//@某人:" + outage + " http://t.cn/abc", event: "E-1", how: event.SameText},
		"full width":                 {body: strings.ReplaceAll(outage, "八点", "8点"), event: "E-1", how: event.NearText},
		"with a head":                {title: "停电一夜", body: "据市民反映，" + outage, event: "E-1", how: event.NearText},
		"the first half":             {body: string([]rune(outage)[:30]), event: "E-1", how: event.NearText},
		"a short one with one more":  {body: "襄垣县又停电了怎么办啊", event: "E-2", how: event.NearText},
		"another matter":             {body: "长治市潞州区英雄路昨晚九点燃气管道被挖断，消防到场处置，周围居民已经疏散", event: ""},
		"a short one in a long one":  {body: "还没有来电打供电所电话", event: ""},
		"a short one, another place": {body: "武乡县又停电了找谁", event: ""},
		"nothing":                    {body: "……", event: ""},
	} {
		t.Run(name, func(t *testing.T) { // not parallel: the index is one
			got, ok := x.find(c.url, r.Reduce(c.title, c.body))
			if ok != (c.event != "") || got.Event != c.event || got.How != c.how {
				t.Errorf("found %+v, want %q by %q", got, c.event, c.how)
			}
		})
	}
}

func TestForgetAndRemove(t *testing.T) {
	t.Parallel()
	r := similar.NewReducer()
	x := newShelf(time.Hour)
	x.Add("P-1", "E-1", "http://a/1", r.Reduce("", outage), start)
	x.Add("P-2", "E-2", "http://a/2", r.Reduce("", "长治县城区"+outage), start.Add(time.Minute))
	x.Remove("P-1")
	x.Remove("P-1")
	if got, _ := x.find("http://a/1", r.Reduce("", outage)); got.Event != "E-2" {
		t.Errorf("found %+v, want the near text that is left", got)
	}
	x.Forget(start.Add(61 * time.Minute))
	if x.Len() != 1 {
		t.Errorf("%d posts left inside the window, want 1", x.Len())
	}
	x.Forget(start.Add(62 * time.Minute))
	if got, ok := x.find("http://a/2", r.Reduce("", outage)); ok || x.Len() != 0 {
		t.Errorf("found %+v among %d posts after the window", got, x.Len())
	}
}

// Other nodes' posts are added again and again; that must cost nothing.
func TestAddingTheSameAgainKeepsNothing(t *testing.T) { // not parallel: it counts allocations
	r := similar.NewReducer()
	x := newShelf(time.Hour)
	text := r.Reduce("", outage)
	x.Add("P-1", "E-1", "http://a/1", text, start)
	if n := testing.AllocsPerRun(100, func() { x.Add("P-1", "E-1", "http://a/1", text, start) }); n > 10 {
		t.Errorf("%v allocations for a post that is known", n)
	}
	if x.Len() != 1 {
		t.Errorf("%d posts, want 1", x.Len())
	}
}

// The answer may not depend on the order in which a restart reads the rows back.
func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	r := similar.NewReducer()
	type added struct {
		id, event string
		text      similar.Text
		at        time.Time
	}
	var posts []added
	for i := range 30 {
		body := fmt.Sprintf("%s编号%d", outage, i%7)
		posts = append(posts, added{fmt.Sprint("P-", i), fmt.Sprint("E-", i%5), r.Reduce("", body), start.Add(time.Duration(i%3) * time.Minute)})
	}
	chance := seedtest.New(t)
	var want event.Join
	for round := range 20 {
		chance.Shuffle(len(posts), func(i, j int) { posts[i], posts[j] = posts[j], posts[i] })
		x := newShelf(time.Hour)
		for _, p := range posts {
			x.Add(p.id, p.event, "", p.text, p.at)
		}
		got, _ := x.find("", r.Reduce("", outage+"编号"))
		if round == 0 {
			want = got
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("another order, another answer (-want +got):\n%s", diff)
		}
	}
}
