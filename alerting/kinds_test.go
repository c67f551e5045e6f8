package alerting_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huiying/alerting"
	"huiying/internal/verdict"
)

// TestEveryKindReachesTheOffice holds every kind of notice to a list of those it
// reaches: nobody is left out, and the office always hears.
func TestEveryKindReachesTheOffice(t *testing.T) {
	t.Parallel()
	matter := func(k alerting.Kind) alerting.Notice {
		return alerting.Notice{Kind: k, Category: verdict.Emergency, Grade: verdict.Large, Sections: []string{"煤炭科"}, Units: []string{"沁源中心"}}
	}
	overdue := matter(alerting.KindReminder)
	overdue.Overdue = true
	o := organisation()
	o.Operators = []alerting.Receiver{{Name: "运行", Target: "ops"}, {Name: "值班", Target: "ops"}}
	o.Sections[4].Leader = "分管电力局领导"
	r, err := alerting.NewRouter(o)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		n    alerting.Notice
		want string
	}{
		"告警":      {matter(alerting.KindAlert), "煤炭科 沁源中心 局办公室 分管煤炭局领导 分管电力局领导"},
		"更新":      {matter(alerting.KindUpdate), "煤炭科 沁源中心 局办公室 分管煤炭局领导 分管电力局领导"},
		"催办":      {matter(alerting.KindReminder), "煤炭科 沁源中心 局办公室"},
		"超时":      {overdue, "煤炭科 沁源中心 局办公室 分管煤炭局领导 分管电力局领导"},
		"疑似答复":    {matter(alerting.KindAnswer), "煤炭科 沁源中心 局办公室"},
		"请审核":     {matter(alerting.KindReview), "电力科 局办公室"},
		"日报":      {matter(alerting.KindDigest), "局办公室"},
		"规则":      {alerting.Notice{Kind: alerting.KindWarning, ForEditors: true}, "规则编辑 局办公室"},
		"来源和系统":   {alerting.Notice{Kind: alerting.KindWarning}, "运行 值班 局办公室"},
		"没有归口的单位": {alerting.Notice{Kind: alerting.KindAlert, Grade: verdict.Large, Units: []string{"沁源中心"}}, "沁源中心 局办公室 分管电力局领导"},
	} {
		var names []string
		for _, one := range r.Route(test.n) {
			names = append(names, one.Name)
		}
		if d := cmp.Diff(test.want, strings.Join(names, " ")); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// TestLadderWithUnits holds who hears on each rung: the 分管领导 of sections and units,
// the head of the office, the bureau's head.
func TestLadderWithUnits(t *testing.T) {
	t.Parallel()
	o := organisation()
	o.Sections[4].Leader = "分管电力局领导"
	o.Ladder.Grades = map[verdict.Grade][]alerting.Step{
		verdict.Large: {
			{After: 15, To: []alerting.Rank{alerting.RankLeaders}},
			{After: 30, To: []alerting.Rank{alerting.RankOffice, alerting.RankHead}},
		},
		verdict.Ordinary: {{After: 60, To: []alerting.Rank{alerting.RankLeaders}}, {After: 120, To: []alerting.Rank{alerting.RankOffice}}},
	}
	rungs := func(o alerting.Organisation, n alerting.Notice) string {
		r, err := alerting.NewRouter(o)
		if err != nil {
			t.Fatal(err)
		}
		n.Kind, n.Step = alerting.KindAlert, 1
		var out []string
		for _, rung := range r.ExplainLadder(n) {
			var names []string
			for _, x := range rung.Told {
				names = append(names, x.Receiver.Name)
			}
			out = append(out, strings.Join(names, "+"))
		}
		return strings.Join(out, " ")
	}
	for name, test := range map[string]struct {
		n    alerting.Notice
		head alerting.Receiver
		want string
	}{
		"section and unit": {alerting.Notice{Grade: verdict.Large, Sections: []string{"煤炭科"}, Units: []string{"沁源中心"}}, alerting.Receiver{}, "分管煤炭局领导+分管电力局领导 局办公室+局主要负责人"},
		"the unit alone":   {alerting.Notice{Grade: verdict.Ordinary, Units: []string{"沁源中心"}}, alerting.Receiver{Name: "办公室主任", Target: "office"}, "分管电力局领导 办公室主任"},
		"nobody's":         {alerting.Notice{Grade: verdict.Ordinary}, alerting.Receiver{Name: "办公室主任", Target: "office"}, "办公室主任 办公室主任"},
		"by the post":      {alerting.Notice{Grade: verdict.Ordinary, Where: alerting.Where{District: "沁源县"}}, alerting.Receiver{}, "分管电力局领导 局办公室"},
	} {
		with := o
		with.OfficeHead = test.head
		if d := cmp.Diff(test.want, rungs(with, test.n)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
