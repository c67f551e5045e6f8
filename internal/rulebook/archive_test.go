package rulebook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/classifier"
	"huiying/classifier/jieba"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/storetest"
	"huiying/internal/verdict"
)

// ruled is a rule file's set and a classifier of it with a real jieba.
func ruled(t *testing.T, text string) Side {
	t.Helper()
	set := RuleSet(loaded(t, folder(t, filepath.Join(t.TempDir(), "rules"), map[string]string{"1.yaml": text})))
	c, err := Compile(set)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return Side{Classifier: c.Classifier, Set: set}
}

// archived is an Archive of posts in memory.
func archived(posts ...Archived) Archive {
	return Archive{
		Count: func(context.Context) (int, error) { return len(posts), nil },
		Posts: func(context.Context) iter.Seq2[Archived, error] {
			return func(yield func(Archived, error) bool) {
				for _, p := range posts {
					if !yield(p, nil) {
						return
					}
				}
			}
		},
	}
}

func textPost(id, body string, at time.Time) Archived {
	return Archived{Post: post.Post{ID: id, Body: body, FirstSeen: at}}
}

var morning = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func TestStoredArchive(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		insertPosts(t, db)

		live := ruled(t, ruleText("切身利益", "停电"))
		draft := ruled(t, ruleText("切身利益", "断气"))
		archive := Stored(db.Reader(), 30, morning.AddDate(0, 0, 5), map[string]bool{"own": true})
		if n, err := archive.Count(t.Context()); err != nil || n != 1205 {
			t.Fatalf("%d posts, %v; want 1205", n, err)
		}
		steps := 0
		r, err := Run(t.Context(), archive, live, draft, func(n int) { steps = n })
		if err != nil {
			t.Fatal(err)
		}
		if r.Posts != 1205 || steps != 1205 {
			t.Errorf("%d posts, progress %d", r.Posts, steps)
		}
		want := Replay{
			Posts: 1205, Events: 4, Days: 2,
			Live:  Totals{Version: live.Set.Version, Alerts: 2, Reviews: 1, AlertPosts: 3, PerDay: 1, Busiest: 2},
			Draft: Totals{Version: draft.Set.Version, Alerts: 1, AlertPosts: 1, PerDay: 0.5, Busiest: 1},
			Added: []Shift{{
				Event: "P-gas", Post: "gas", Title: "长治断气了三天", At: morning.Add(time.Hour),
				Live: verdict.None, Draft: verdict.Alert, Because: "新词“断气”",
			}},
			Lost: []Shift{
				{Event: "E-1", Post: "dark", Title: "长治又停电了", At: morning, Live: verdict.Alert, Draft: verdict.None, Because: "去掉了词“停电”"},
				{Event: "P-dark3", Post: "dark3", Title: "长治北边也停电了整整一夜", At: morning.Add(3 * time.Hour), Live: verdict.Alert, Draft: verdict.None, Because: "去掉了词“停电”"},
			},
		}
		if diff := cmp.Diff(want, r); diff != "" {
			t.Error(diff)
		}
	})
}

// insertPosts fills the table: 1,200 posts of no matter, many of one instant; one
// event of two posts; old news, an own post and one too old for the archive.
func insertPosts(t *testing.T, db *store.DB) {
	t.Helper()
	var rows []post.Stored
	add := func(id, source, body, event string, seen, published time.Time) {
		rows = append(rows, post.Stored{Post: post.Post{
			ID: id, Source: source, SourceName: source, Channel: post.Weibo, Body: body, Published: published, FirstSeen: seen,
		}, EventID: event, LastSeen: seen})
	}
	for i := range 1199 {
		add(fmt.Sprintf("n%04d", i), "weibo", "今日菜价", "", morning.Add(time.Duration(i/400)*time.Hour), time.Time{})
	}
	add("dark", "weibo", "长治又停电了", "E-1", morning, time.Time{})
	add("dark2", "weibo", "长治又停电了，没人管", "E-1", morning.Add(time.Hour), time.Time{})
	add("dark3", "weibo", "长治北边也停电了整整一夜", "", morning.Add(3*time.Hour), time.Time{})
	add("gas", "weibo", "长治断气了三天", "", morning.Add(time.Hour), time.Time{})
	add("old", "weibo", "长治老城区停电是去年的事了", "", morning.Add(25*time.Hour), morning.AddDate(0, 0, -20))
	add("own", "own", "长治停电的原因已经查明，正在抢修", "", morning, time.Time{}) // the bureau itself
	add("ancient", "weibo", "长治停电", "", morning.AddDate(0, -3, 0), time.Time{})
	ctx := t.Context()
	if _, err := db.Writer().ExecContext(ctx, `INSERT INTO events (id, title, handling, category, grade, place, sections, consult, tags,
		toll, why, rules, step, posts, sources, first_seen, last_seen) VALUES ('E-1', '', 'alert', 'interest', '', '', '[]', '[]', '[]',
		'{}', '', '', 1, 2, 1, ?, ?)`, morning, morning); err != nil {
		t.Fatal(err)
	}
	for len(rows) > 0 {
		n := min(len(rows), 200)
		part := rows[:n]
		if _, err := db.Writer().NewInsert().Model(&part).Exec(ctx); err != nil {
			t.Fatal(err)
		}
		rows = rows[n:]
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	read := func(line []byte) (Archived, error) {
		id := strings.TrimSpace(string(line))
		if id == "bad" {
			return Archived{}, errors.New("no")
		}
		return textPost(id, "x", morning), nil
	}
	open := func(s string) func() (io.ReadCloser, error) {
		return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil }
	}
	good := Lines(open("a\n\n b \nc"), read)
	if n, err := good.Count(t.Context()); n != 3 || err != nil {
		t.Errorf("%d posts, %v", n, err)
	}
	if _, err := Lines(open("a\nbad\nc"), read).Count(t.Context()); err == nil || !strings.Contains(err.Error(), "第 2 行") {
		t.Errorf("err = %v, want line 2 named", err)
	}
	side := ruled(t, ruleText("切身利益", "停电"))
	if _, err := Run(t.Context(), Lines(open("a\nbad\nc"), read), side, side, nil); err == nil {
		t.Error("a bad line passes in a replay")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(gone, good, side, side, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want canceled", err)
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	set := RuleSet(loaded(t, folder(t, filepath.Join(t.TempDir(), "rules"), map[string]string{"1.yaml": ruleText("切身利益", "停电")})))
	missed := []Archived{
		textPost("m1", "长治换电柜炸了，没人管", morning), textPost("m2", "长治有换电柜冒烟", morning),
		textPost("m3", "长治楼下换电柜着了", morning), textPost("m4", "长治停电", morning),
	}
	var posts []Archived
	for i := range 300 {
		posts = append(posts, textPost(fmt.Sprint("n", i), "今天去了没人管的河边", morning.Add(time.Duration(i)*time.Hour)))
	}
	posts = append(posts, textPost("x", "长治新装换电柜", morning.Add(time.Hour)), missed[0])
	s, err := Suggest(t.Context(), missed, archived(posts...), set, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Caught != 1 || len(s.Words) != 1 {
		t.Fatalf("%+v", s)
	}
	w := s.Words[0]
	w.set = classifier.RuleSet{}
	want := Suggestion{
		Word: "换电柜", Missed: 3, Archive: 2, PerDay: 2.0 / 13, Rule: "QY-01", Group: "现象",
		Catches: 3, Alerts: 3, Alarms: 1, Examples: []string{"长治新装换电柜"},
	}
	if diff := cmp.Diff(want, w, cmp.AllowUnexported(Suggestion{})); diff != "" {
		t.Error(diff)
	}
	var b strings.Builder
	if err := s.Show(&b); err != nil || !strings.Contains(b.String(), "加“换电柜”到 QY-01 的“现象”: 能多中 3 条(告警 3), 13 天档案里多告警 1 条") {
		t.Errorf("%v\n%s", err, &b)
	}
}

func TestCheckup(t *testing.T) {
	t.Parallel()
	text := ruleText("切身利益", "停电, 停电啦, 闪爆") + `    示例: {应命中: [{文: 长治闪爆}]}
  - 编号: QY-02
    名称: 停供二
    类别: 切身利益
    必须有: [{组: 现象, 词: [停电]}]
    归口: 电力科
    示例: {不应命中: [{文: 长治晴}]}
  - 编号: QY-03
    名称: 没用
    类别: 切身利益
    必须有: [{组: 现象, 词: [从来没有的词]}]
    归口: 电力科
通用排除: [{名称: 演练, 词: [演练], 处理: 不报}]
`
	set := RuleSet(loaded(t, folder(t, filepath.Join(t.TempDir(), "rules"), map[string]string{"1.yaml": text})))
	seg, err := jieba.New(classifier.UserWords(set))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(seg.Close)
	judge, err := classifier.New(set, seg)
	if err != nil {
		t.Fatal(err)
	}
	var posts []Archived
	for i := range 5 {
		posts = append(posts, textPost(fmt.Sprint(i), "长治停电", morning))
	}
	posts[0].Judged = False
	posts = append(posts, textPost("d1", "长治停电演练", morning), textPost("d2", "长治停电演练中1人死亡", morning.Add(24*time.Hour)))
	h, err := Checkup(t.Context(), archived(posts...), set, judge, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Health{
		Posts: 7, Days: 2,
		SilentRules: []RuleName{{"QY-03", "没用"}},
		SilentWords: []SilentWord{{Word: "停电啦", Rule: "QY-01"}, {Word: "闪爆", Rule: "QY-01", Example: true}, {Word: "从来没有的词", Rule: "QY-03"}},
		Together:    []Overlap{{A: "QY-01", B: "QY-02", Both: 7, Either: 7}},
		Covered:     []CoveredWord{{Word: "停电啦", By: "停电", Rule: "QY-01"}},
		Harsh:       []HarshExclude{{Name: "演练", Posts: 2, Casualties: 1, Examples: []string{"长治停电演练中1人死亡"}}},
		Untested:    []RuleName{{"QY-01", "停供"}, {"QY-03", "没用"}},
		FalseAlarms: []FalseAlarm{{ID: "QY-01", False: 1, Judged: 1}, {ID: "QY-02", False: 1, Judged: 1}},
	}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Error(diff)
	}
	var b strings.Builder
	if err := h.Show(&b, 0); err != nil || !strings.Contains(b.String(), "排除太狠: “演练”压掉 2 条, 其中 1 条含伤亡(0 条已转复核)") {
		t.Errorf("%v\n%s", err, &b)
	}
}
