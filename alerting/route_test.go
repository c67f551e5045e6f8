package alerting_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/alerting"
	"huiying/internal/verdict"
)

func organisation() alerting.Organisation {
	return alerting.Organisation{
		Office: alerting.Receiver{Name: "局办公室", Target: "office"},
		Sections: []alerting.Section{
			{Name: "煤炭科", Leader: "分管煤炭局领导", Receiver: alerting.Receiver{Target: "coal"}},
			{Name: "电力科", Leader: "分管电力局领导", Receiver: alerting.Receiver{Target: "power"}},
			{Name: "油气科", Leader: "分管煤炭局领导", Receiver: alerting.Receiver{Target: "office"}},
			{Name: "局办公室", Receiver: alerting.Receiver{Target: "office"}},
			{Name: "沁源中心", Receiver: alerting.Receiver{Target: "units"}, Places: []string{"沁源县", "沁源"}},
			{Name: "壶关中心", Receiver: alerting.Receiver{Target: "units"}, Places: []string{"壶关县"}},
		},
		Leaders:       []alerting.Receiver{{Name: "分管煤炭局领导", Target: "leaders"}, {Name: "分管电力局领导", Target: "leaders"}},
		Head:          alerting.Receiver{Name: "局主要负责人", Target: "leaders"},
		LegalReviewer: "电力科",

		Editors: []alerting.Receiver{{Name: "规则编辑", Target: "editors"}},
	}
}

func TestRoute(t *testing.T) {
	t.Parallel()
	const alert, reminder = alerting.KindAlert, alerting.KindReminder
	tests := map[string]struct {
		n    alerting.Notice
		want string
	}{
		"section and office":    {alerting.Notice{Kind: alert, Sections: []string{"煤炭科"}}, "煤炭科 局办公室"},
		"two sections":          {alerting.Notice{Kind: alert, Sections: []string{"电力科", "煤炭科"}}, "煤炭科 电力科 局办公室"},
		"nobody's":              {alerting.Notice{Kind: alert}, "局办公室"},
		"unknown section":       {alerting.Notice{Kind: alert, Sections: []string{"太空科"}}, "局办公室"},
		"the office's own":      {alerting.Notice{Kind: alert, Sections: []string{"局办公室"}}, "局办公室"},
		"shared target":         {alerting.Notice{Kind: alert, Sections: []string{"油气科"}}, "油气科 局办公室"},
		"一般":                    {alerting.Notice{Kind: alert, Sections: []string{"煤炭科"}, Grade: verdict.Ordinary}, "煤炭科 局办公室"},
		"较大":                    {alerting.Notice{Kind: alert, Sections: []string{"煤炭科"}, Grade: verdict.Large}, "煤炭科 局办公室 分管煤炭局领导"},
		"待定":                    {alerting.Notice{Kind: alert, Sections: []string{"煤炭科"}, Grade: verdict.Pending}, "煤炭科 局办公室 分管煤炭局领导"},
		"重大":                    {alerting.Notice{Kind: alert, Sections: []string{"煤炭科"}, Grade: verdict.Major}, "煤炭科 局办公室 分管煤炭局领导 局主要负责人"},
		"特别重大, nobody's":        {alerting.Notice{Kind: alert, Grade: verdict.Extreme}, "局办公室 局主要负责人"},
		"update to 重大":          {alerting.Notice{Kind: alerting.KindUpdate, Sections: []string{"电力科"}, Grade: verdict.Major}, "电力科 局办公室 分管电力局领导 局主要负责人"},
		"one leader, twice":     {alerting.Notice{Kind: alert, Sections: []string{"煤炭科", "油气科"}, Grade: verdict.Large}, "煤炭科 油气科 局办公室 分管煤炭局领导"},
		"reminder":              {alerting.Notice{Kind: reminder, Sections: []string{"煤炭科"}, Grade: verdict.Major}, "煤炭科 局办公室"},
		"reminder, overdue":     {alerting.Notice{Kind: reminder, Sections: []string{"煤炭科"}, Overdue: true}, "煤炭科 局办公室 分管煤炭局领导"},
		"digest":                {alerting.Notice{Kind: alerting.KindDigest, Sections: []string{"煤炭科"}}, "局办公室"},
		"warning, no operators": {alerting.Notice{Kind: alerting.KindWarning}, "局办公室"},
		"place":                 {alerting.Notice{Kind: alert, Sections: []string{"煤炭科"}, Where: alerting.Where{Place: "长治", Text: "长治市沁源县某煤矿透水\n壶关县也在排查"}}, "煤炭科 沁源中心 局办公室"},
		"district first":        {alerting.Notice{Kind: alert, Where: alerting.Where{Place: "长治", District: "壶关县", Text: "沁源县"}}, "壶关中心 局办公室"},
		"no place of a unit":    {alerting.Notice{Kind: alert, Where: alerting.Where{Place: "长治", Text: "长治停电"}}, "局办公室"},
		"verdict's place":       {alerting.Notice{Kind: alert, Where: alerting.Where{Place: "沁源", Text: "沁源停电"}}, "沁源中心 局办公室"},
		"legal reviewer":        {alerting.Notice{Kind: alert, Sections: []string{"煤炭科"}, Tags: []string{"疑似谣言", alerting.TagLegal}}, "煤炭科 电力科 局办公室"},
		"warning about rules":   {alerting.Notice{Kind: alerting.KindWarning, ForEditors: true}, "规则编辑 局办公室"},
	}
	r, err := alerting.NewRouter(organisation())
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var names []string
			for _, one := range r.Route(test.n) {
				if one.Target == "" {
					t.Errorf("%s has no target", one.Name)
				}
				names = append(names, one.Name)
			}
			if diff := cmp.Diff(test.want, strings.Join(names, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
	if diff := cmp.Diff([]alerting.Receiver{{Name: "局主要负责人", Target: "leaders"}}, r.RouteHead()); diff != "" {
		t.Error(diff)
	}
}

// TestExplain holds the causes; that the receivers are Route's is how Route is made.
func TestExplain(t *testing.T) {
	t.Parallel()
	o := organisation()
	o.Ladder.Grades = map[verdict.Grade][]alerting.Step{verdict.Major: {
		{After: 5 * time.Minute, To: []alerting.Rank{alerting.RankLeaders}}, {After: 15 * time.Minute, To: []alerting.Rank{alerting.RankHead}},
	}}
	r, err := alerting.NewRouter(o)
	if err != nil {
		t.Fatal(err)
	}
	n := alerting.Notice{Kind: alerting.KindAlert, Step: 1, Grade: verdict.Major, Sections: []string{"电力科"}, Tags: []string{alerting.TagLegal}}
	told := map[string]string{}
	for _, x := range r.Explain(n) {
		for _, c := range x.Causes {
			told[x.Receiver.Name] += string(c) + ";"
		}
	}
	want := map[string]string{
		"电力科": "归口;合法性审核;", "局办公室": "局办公室全收;", "分管电力局领导": "分管领导：较大以上和待定;", "局主要负责人": "局主要负责人：重大以上;",
	}
	if d := cmp.Diff(want, told); d != "" {
		t.Error(d)
	}
	n.Sections = nil
	if got := r.Explain(alerting.Notice{Kind: alerting.KindAlert})[0].Causes; !slices.Contains(got, alerting.CauseUnowned) {
		t.Errorf("nobody's: %v", got)
	}
	ladder := r.ExplainLadder(n)
	if len(ladder) != 2 || ladder[0].After != 5*time.Minute || ladder[0].Told[0].Causes[0] != alerting.CauseStandIn || ladder[1].Told[0].Receiver.Name != "局主要负责人" {
		t.Errorf("ladder %+v", ladder)
	}
}

func TestNewRouterNamesEverythingWrong(t *testing.T) {
	t.Parallel()
	_, err := alerting.NewRouter(alerting.Organisation{
		Sections: []alerting.Section{{Name: "煤炭科", Leader: "某领导"}},
		Head:     alerting.Receiver{Name: "局主要负责人"},
	})
	for _, want := range []string{"office has no name", "section 煤炭科 has no chat target", "head 局主要负责人 has no chat target", "leader 某领导"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("NewRouter = %v, want %q in it", err, want)
		}
	}
}
