package response_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/store"
	"huiying/internal/storetest"
	"huiying/internal/verdict"
	"huiying/response"
)

// alerted is a desk whose event has been alerted to its section, the office and
// the leader.
func alerted(t *testing.T, o store.Options, grade verdict.Grade) (*fixture, *response.Acts) {
	t.Helper()
	d := newFixture(t, o, event.Event{Category: verdict.Emergency, Grade: grade, Step: 1})
	post(t, d, alerting.Notice{
		ID: "A-E-1-emergency-1", Kind: alerting.KindAlert, EventID: "E-1", Step: 1, Category: verdict.Emergency, Grade: grade,
		Sections: []string{"煤炭科"}, CreatedAt: start, Content: alerting.Content{Headline: "【突发事件】某矿透水", Summary: "凌晨透水"},
	})
	return d, &response.Acts{DB: d.db, Outbox: d.r.Outbox, Page: d.r.Page, Now: func() time.Time { return d.now }}
}

func TestActs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		d, acts := alerted(t, o, verdict.Pending)
		do := func(deed response.Action) (response.Case, error) {
			deed.EventID, deed.Via = "E-1", "link"
			return acts.Do(t.Context(), deed)
		}
		for name, c := range map[string]struct {
			deed response.Action
			want error
		}{
			"a stranger":            {response.Action{Act: alerting.Take, Section: "某某科"}, response.ErrNoSection},
			"nobody":                {response.Action{Act: alerting.Take}, response.ErrNoSection},
			"no reason":             {response.Action{Act: alerting.Mistaken, Section: "煤炭科", Note: " "}, response.ErrNoReason},
			"handed to itself":      {response.Action{Act: alerting.HandOver, Section: "煤炭科", To: "煤炭科"}, response.ErrSelf},
			"handed to the office":  {response.Action{Act: alerting.HandOver, Section: "煤炭科", To: "局办公室"}, response.ErrNoSection},
			"handed to no section":  {response.Action{Act: alerting.HandOver, Section: "煤炭科", To: "某某科"}, response.ErrNoSection},
			"answered, no evidence": {response.Action{Act: alerting.Answered, Section: "煤炭科"}, nil},
			"no such act":           {response.Action{Act: "silence", Section: "煤炭科"}, nil},
		} {
			if _, err := do(c.deed); err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		if c, err := do(response.Action{Act: alerting.HandOver, Section: "煤炭科", To: "电力科"}); err != nil || c.Owner != "电力科" {
			t.Fatalf("handover: owner %s, err %v", c.Owner, err)
		}
		for range 2 { // a button pressed twice
			if c, err := do(response.Action{Act: alerting.Take, Section: "电力科"}); err != nil || c.Owner != "电力科" {
				t.Fatalf("take: owner %s, err %v", c.Owner, err)
			}
		}
		if c, err := do(response.Action{Act: alerting.Take, Section: "局办公室"}); err != nil || c.Owner != "电力科" {
			t.Errorf("the office took the case from its owner: %s, err %v", c.Owner, err)
		}
		c, err := do(response.Action{Act: alerting.Answered, Section: "电力科", URL: "https://bureau.example.invalid/1"})
		if err != nil || c.Status != response.Open {
			t.Errorf("answered: %s, err %v; the press conference was not held", c.Status, err)
		}
		if c, err = do(response.Action{Act: alerting.Mistaken, Section: "电力科", Note: "是演练"}); err != nil || c.Status != response.Answered {
			t.Errorf("mistaken: %s, err %v", c.Status, err)
		}
		var got []string
		for _, line := range d.told(t) {
			head, _, _ := strings.Cut(line, "】")
			got = append(got, head+"】"+line[strings.Index(line, " →"):])
		}
		want := []string{
			"【突发事件】 → 分管领导、局办公室、煤炭科",
			"【煤炭科转电力科办理】 → 分管领导、局办公室、煤炭科、电力科",
			"【电力科已认领】 → 分管领导、局办公室、煤炭科、电力科",
			"【局办公室已认领】 → 分管领导、局办公室、煤炭科、电力科",
			"【电力科登记已回应】 → 分管领导、局办公室、煤炭科、电力科",
			"【电力科登记为误报】 → 分管领导、局办公室、煤炭科、电力科",
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("told differs (-want +got):\n%s", diff)
		}
	})
}

func TestTheLadder(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		grade verdict.Grade
		acts  []response.Action
		want  []string
	}{
		"nobody takes it on": {verdict.Pending, nil, []string{
			"【10分钟无人认领】【突发事件】某矿透水 → 分管领导、局办公室、煤炭科",
			"【20分钟无人认领】【突发事件】某矿透水 → 局主要负责人、局办公室、煤炭科",
		}},
		"taken on":       {verdict.Pending, []response.Action{{Act: alerting.Take, Section: "煤炭科"}}, nil},
		"by the office":  {verdict.Pending, []response.Action{{Act: alerting.Take, Section: "局办公室"}}, nil},
		"a false alarm":  {verdict.Pending, []response.Action{{Act: alerting.Mistaken, Section: "煤炭科", Note: "演练"}}, nil},
		"no rung for 一般": {verdict.Ordinary, nil, nil},
		"only handed over": {verdict.Pending, []response.Action{{Act: alerting.HandOver, Section: "煤炭科", To: "电力科"}}, []string{
			"【10分钟无人认领】【突发事件】某矿透水 → 分管领导、局办公室、煤炭科、电力科",
			"【20分钟无人认领】【突发事件】某矿透水 → 局主要负责人、局办公室、煤炭科、电力科",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, o store.Options) {
				d, acts := alerted(t, o, test.grade)
				climber := &alerting.Climber{DB: d.db, Outbox: d.r.Outbox, Settled: response.Settled, Now: func() time.Time { return d.now }}
				for _, deed := range test.acts {
					deed.EventID, deed.Via = "E-1", "command"
					if _, err := acts.Do(t.Context(), deed); err != nil {
						t.Fatal(err)
					}
				}
				before := len(d.told(t))
				// Run what the outbox scheduled, on time, each job twice.
				for rung, after := range []time.Duration{10 * time.Minute, 20 * time.Minute} {
					id := "A-E-1-emergency-1|" + string(rune('1'+rung))
					if !scheduled(t, d, alerting.JobClimb, id) {
						continue
					}
					d.now = start.Add(after)
					for range 2 {
						if err := climber.Climb(context.WithoutCancel(t.Context()), id); err != nil {
							t.Fatal(err)
						}
					}
				}
				var got []string
				if told := d.told(t); len(told) > before {
					got = told[before:]
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("told differs (-want +got):\n%s", diff)
				}
			})
		})
	}
}
