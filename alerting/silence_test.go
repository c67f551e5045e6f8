package alerting_test

import (
	"strings"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/internal/verdict"
)

func TestSilenceCheck(t *testing.T) {
	t.Parallel()
	now := beijing(9, 0)
	good := func() alerting.Silence {
		return alerting.Silence{Rules: []string{"MS-01"}, Reason: "检修", Author: "局办公室", EndsAt: now.Add(time.Hour)}
	}
	if err := good().Check(now); err != nil {
		t.Fatalf("a good silence: %v", err)
	}
	for name, c := range map[string]struct {
		spoil func(*alerting.Silence)
		say   string
	}{
		"nothing named":     {func(s *alerting.Silence) { s.Rules = nil }, "没有说静默什么"},
		"a whole category":  {func(s *alerting.Silence) { s.Rules, s.Category = nil, verdict.Interest }, "整个类别"},
		"words alone":       {func(s *alerting.Silence) { s.Words = []string{"停电"} }, "--category"},
		"a word of one":     {func(s *alerting.Silence) { s.Category, s.Words = verdict.Interest, []string{"电"} }, "一个字"},
		"an empty name":     {func(s *alerting.Silence) { s.Rules = []string{" "} }, "是空的"},
		"no reason":         {func(s *alerting.Silence) { s.Reason = " " }, "--reason"},
		"no author":         {func(s *alerting.Silence) { s.Author = "" }, "--by"},
		"a handle":          {func(s *alerting.Silence) { s.Author = "@zhangsan" }, "不写账号"},
		"a handle, Chinese": {func(s *alerting.Silence) { s.Author = "小张＠局" }, "不写账号"},
		"no end":            {func(s *alerting.Silence) { s.EndsAt = time.Time{} }, "--until"},
		"an end gone by":    {func(s *alerting.Silence) { s.EndsAt = now }, "已经过了"},
		"too long":          {func(s *alerting.Silence) { s.EndsAt = now.Add(alerting.SilenceMost + time.Minute) }, "最长 30 天"},
	} {
		s := good()
		c.spoil(&s)
		if err := s.Check(now); err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v, want one that says %s", name, err, c.say)
		}
	}
	s := good()
	s.Reason, s.Author = "", ""
	if err := s.Check(now); err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("two faults are told as %v, want both at once", err)
	}
}

// The law of silences: what no silence may hold, whatever it names.
func TestWhatIsNeverSilenced(t *testing.T) {
	t.Parallel()
	const e = verdict.Emergency
	now := beijing(9, 0)
	for name, c := range map[string]struct {
		n    alerting.Notice
		held bool
	}{
		"特别重大":               {alerting.Notice{Kind: alerting.KindAlert, Category: e, Grade: verdict.Extreme}, false},
		"重大":                 {alerting.Notice{Kind: alerting.KindAlert, Category: e, Grade: verdict.Major}, false},
		"较大":                 {alerting.Notice{Kind: alerting.KindAlert, Category: e, Grade: verdict.Large}, false},
		"待定":                 {alerting.Notice{Kind: alerting.KindAlert, Category: e, Grade: verdict.Pending}, false},
		"未定级":                {alerting.Notice{Kind: alerting.KindAlert, Category: e}, false},
		"待定 reminder":        {alerting.Notice{Kind: alerting.KindReminder, Category: e, Grade: verdict.Pending}, false},
		"一般":                 {alerting.Notice{Kind: alerting.KindAlert, Category: e, Grade: verdict.Ordinary}, true},
		"一般 that was raised": {alerting.Notice{Kind: alerting.KindUpdate, Step: 2, Category: e, Grade: verdict.Ordinary, Raised: true}, false},
		"interest":           {alerting.Notice{Kind: alerting.KindAlert, Category: verdict.Interest}, true},
		"spread":             {alerting.Notice{Kind: alerting.KindUpdate, Step: 2, Category: verdict.Interest}, true},
		"what a person did":  {alerting.Notice{Kind: alerting.KindUpdate, Category: verdict.Interest}, false},
		"reminder":           {alerting.Notice{Kind: alerting.KindReminder, Category: verdict.Interest}, true},
		"overdue":            {alerting.Notice{Kind: alerting.KindReminder, Category: verdict.Interest, Overdue: true}, false},
		"a possible answer":  {alerting.Notice{Kind: alerting.KindAnswer, Category: verdict.Interest}, true},
		"digest":             {alerting.Notice{Kind: alerting.KindDigest}, false},
		"trouble of our own": {alerting.Notice{Kind: alerting.KindWarning}, false},
	} {
		c.n.EventID, c.n.CreatedAt = "E-1", now
		s := alerting.Silence{ID: "S-1", Events: []string{"E-1"}, EndsAt: now.Add(time.Hour)}
		if _, held := router(t).Hold(c.n, []alerting.Silence{s}, now); held != c.held {
			t.Errorf("%s: held back %v, want %v", name, held, c.held)
		}
	}
}

func TestWhatASilenceCovers(t *testing.T) {
	t.Parallel()
	now := beijing(9, 0)
	n := alerting.Notice{
		Kind: alerting.KindAlert, EventID: "E-1", Category: verdict.Interest, CreatedAt: now,
		Sections: []string{"电力科", "煤炭科"}, Rules: []string{"MS-01", "MS-02"},
		Where: alerting.Where{Place: "壶关", Text: "壶关县计划 停电\n检修ＡＢ线路"},
	}
	for name, c := range map[string]struct {
		s    alerting.Silence
		held bool
	}{
		"both rules":          {alerting.Silence{Rules: []string{"MS-02", "MS-01", "X"}}, true},
		"one of two rules":    {alerting.Silence{Rules: []string{"MS-01"}}, false},
		"both sections":       {alerting.Silence{Sections: []string{"煤炭科", "电力科"}}, true},
		"one of two sections": {alerting.Silence{Sections: []string{"电力科"}}, false},
		"the county":          {alerting.Silence{Places: []string{"壶关县"}}, true},
		"another county":      {alerting.Silence{Places: []string{"武乡县"}}, false},
		"the event":           {alerting.Silence{Events: []string{"E-0", "E-1"}}, true},
		"another event":       {alerting.Silence{Events: []string{"E-10"}}, false},
		"words":               {alerting.Silence{Category: verdict.Interest, Words: []string{"停电", "ab线路"}}, true},
		"a word missing":      {alerting.Silence{Category: verdict.Interest, Words: []string{"停电", "停气"}}, false},
		"another category":    {alerting.Silence{Category: verdict.Misread, Words: []string{"停电"}}, false},
		"all of it":           {alerting.Silence{Events: []string{"E-1"}, Places: []string{"壶关"}, Rules: []string{"MS-01", "MS-02"}}, true},
		"all but one":         {alerting.Silence{Events: []string{"E-1"}, Places: []string{"武乡县"}, Rules: []string{"MS-01", "MS-02"}}, false},
		"ended by a person":   {alerting.Silence{Events: []string{"E-1"}, EndedAt: now}, false},
		"over":                {alerting.Silence{Events: []string{"E-1"}, EndsAt: now}, false},
	} {
		if c.s.EndsAt.IsZero() {
			c.s.EndsAt = now.Add(time.Hour)
		}
		if _, held := router(t).Hold(n, []alerting.Silence{c.s}, now); held != c.held {
			t.Errorf("%s: held back %v, want %v", name, held, c.held)
		}
	}
	n.Rules, n.Sections = nil, nil
	if _, held := router(t).Hold(n, []alerting.Silence{{Rules: []string{"MS-01"}, EndsAt: now.Add(time.Hour)}}, now); held {
		t.Error("a silence over a rule holds back what no rule is known of")
	}
}

func router(t *testing.T) *alerting.Router {
	t.Helper()
	r, err := alerting.NewRouter(alerting.Organisation{Office: alerting.Receiver{Name: "局办公室", Target: "t"}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
