package response_test

import (
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

// clocks says how the clocks of a case stand: kind, minutes since start, and how.
func clocks(c response.Case, now time.Time) string {
	var out []string
	for _, k := range c.Clocks {
		out = append(out, strings.TrimPrefix(k.ID, c.ID+"/")+" "+k.StartedAt.Sub(start).String()+" "+k.Words(now))
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

// TestAPersonGrades: 待定 graded by a person ends the fast clocks or keeps them, and a
// person alone lowers.
func TestAPersonGrades(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		d, acts := alerted(t, o, verdict.Pending)
		grade := func(g verdict.Grade, reason, post string) (response.Case, error) {
			return acts.Grade(t.Context(), response.Instruction{Case: "C-1", By: "煤炭科", Reason: reason, Via: "command"}, g, post)
		}
		refused := func(what string, _ response.Case, err error) {
			t.Helper()
			if _, ok := errors.AsType[*response.RefusedError](err); !ok {
				t.Errorf("%s: %v, want it refused", what, err)
			}
		}
		c, err := grade(verdict.Large, "", "")
		refused("no reason", c, err)
		c, err = grade(verdict.Pending, "看不清", "")
		refused("待定", c, err)
		c, err = grade(verdict.Large, "现场核实", "P-9")
		refused("no such post", c, err)
		if _, err := acts.Grade(t.Context(), response.Instruction{Case: "C-1", By: "路人", Reason: "x"}, verdict.Large, ""); !errors.Is(err, response.ErrNoSection) {
			t.Errorf("a stranger graded: %v", err)
		}

		d.now = start.Add(20 * time.Minute)
		if c, err = grade(verdict.Ordinary, "现场核实 1 人轻伤", ""); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff("answer 0s 剩 47小时; first_release 0s 已撤销（重新定级）; press_conference 0s 已撤销（重新定级）", clocks(c, d.now)); d != "" {
			t.Errorf("lowered: %s", d)
		}
		d.fire(t, "C-1/first_release|due", time.Hour)
		got := d.told(t)
		if last := got[len(got)-1]; last != "【定级：待定→一般】某矿透水 → 分管领导、局办公室、煤炭科" {
			t.Errorf("told %q", got)
		}

		// Graver after all: by a text first seen earlier, and the ladder begins anew.
		d.now = start.Add(2 * time.Hour)
		if _, err := d.db.Writer().NewRaw(`INSERT INTO posts (id, source, source_name, channel, local, url, title, body, origin, first_seen, last_seen,
			first_round, revision, text_hash, event_id, handling, category, verdict)
			VALUES ('P-2', 's', 's', 'news', TRUE, '', '', '', '', ?, ?, FALSE, 1, '', 'E-1', 'alert', 'emergency', '{}')`,
			start.Add(90*time.Minute), start.Add(90*time.Minute)).Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
		if c, err = grade(verdict.Major, "11 人被困", "P-2"); err != nil {
			t.Fatal(err)
		}
		want := "answer 0s 剩 46小时; first_release 0s 已撤销（重新定级）; first_release/2 1h30m0s 剩 30分钟; " +
			"press_conference 0s 已撤销（重新定级）; press_conference/2 1h30m0s 剩 23小时30分钟"
		if d := cmp.Diff(want, clocks(c, d.now)); d != "" {
			t.Errorf("raised: %s", d)
		}
		got = d.told(t)
		if last := got[len(got)-1]; last != "【定级：一般→重大】某矿透水 → 分管领导、局主要负责人、局办公室、煤炭科" {
			t.Errorf("told %q", got)
		}
		if !scheduled(t, d, response.JobClock, "C-1/first_release/2|due") {
			t.Error("nobody watches the new clock")
		}
		d.fire(t, "C-1/first_release/2|due", 3*time.Hour)
		if after := d.told(t); len(after) != len(got)+1 {
			t.Errorf("the new clock ran out unheard: %q", after)
		}
		log, err := response.Log(t.Context(), d.db.Reader(), "C-1")
		if err != nil || len(log) != 2 || log[0].By != "煤炭科" || log[0].Note != "现场核实 1 人轻伤" || log[1].Subject != "一般→重大" {
			t.Errorf("log %+v, %v", log, err)
		}
	})
}

// TestGradesOfWhatIsAnswered: with the first release on record no slow clock opens,
// and what is left is answered.
func TestGradesOfWhatIsAnswered(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		d, acts := alerted(t, o, verdict.Major)
		if _, err := acts.Do(t.Context(), response.Action{EventID: "E-1", Act: alerting.Answered, Section: "煤炭科", URL: "http://b/1"}); err != nil {
			t.Fatal(err)
		}
		d.now = start.Add(time.Hour)
		c, err := acts.Grade(t.Context(), response.Instruction{Case: "E-1", By: "局办公室", Reason: "实为 1 人"}, verdict.Ordinary, "")
		if err != nil || c.Status != response.Answered || clocks(c, d.now) != "first_release 0s 已按时答复; press_conference 0s 已撤销（重新定级）" {
			t.Errorf("%s, %s, %v", c.Status, clocks(c, d.now), err)
		}
	})
}

// TestGates: agencies and the legal reviewer, and the closing that they hold.
func TestGates(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		d := newFixture(t, o, event.Event{Category: verdict.Interest, Consult: []string{"市住建局"}})
		acts := &response.Acts{DB: d.db, Outbox: d.r.Outbox, Page: d.r.Page, Now: func() time.Time { d.now = d.now.Add(time.Second); return d.now }}
		word := func(by, reason string) response.Instruction {
			return response.Instruction{Case: "C-1", By: by, Reason: reason, Via: "command"}
		}
		ctx := t.Context()
		steps := []struct {
			what   string
			do     func() (response.Case, error)
			refuse string
			gates  string
		}{
			{"an opinion nobody asked for", func() (response.Case, error) { return acts.Reviewed(ctx, word("电力科", ""), true) }, "没有等着审核", "市住建局未确认"},
			{"no draft", func() (response.Case, error) { return acts.AskReview(ctx, word("煤炭科", " ")) }, "请给出要审核的稿子", "市住建局未确认"},
			{"too long", func() (response.Case, error) {
				return acts.AskReview(ctx, word("煤炭科", strings.Repeat("稿", response.MaxDraft+1)))
			}, "901 字", "市住建局未确认"},
			{"asked", func() (response.Case, error) { return acts.AskReview(ctx, word("煤炭科", "拟答复如下")) }, "", "市住建局未确认、电力科待审核"},
			{"not the reviewer's", func() (response.Case, error) { return acts.Reviewed(ctx, word("煤炭科", ""), true) }, "由电力科登记", "市住建局未确认、电力科待审核"},
			{"no opinion", func() (response.Case, error) { return acts.Reviewed(ctx, word("", ""), false) }, "请写明不同意的意见", "市住建局未确认、电力科待审核"},
			{"objected", func() (response.Case, error) { return acts.Reviewed(ctx, word("", "依据写错"), false) }, "", "市住建局未确认、电力科审核不通过"},
			{"asked again", func() (response.Case, error) { return acts.AskReview(ctx, word("煤炭科", "改过的稿子")) }, "", "市住建局未确认、电力科待审核"},
			{"passed", func() (response.Case, error) { return acts.Reviewed(ctx, word("电力科", ""), true) }, "", "市住建局未确认"},
			{"another agency", func() (response.Case, error) {
				return acts.Confirm(ctx, word("煤炭科", ""), "市城管局", response.Confirmed)
			}, "市城管局不在会商之列（有：市住建局）", "市住建局未确认"},
			{"named", func() (response.Case, error) {
				return acts.Confirm(ctx, word("煤炭科", ""), "市城管局", response.Consulted)
			}, "", "市住建局未确认、市城管局未确认"},
			{"closed while it runs", func() (response.Case, error) { return acts.Close(ctx, word("局办公室", "办完")) }, "还有时限在走", "市住建局未确认、市城管局未确认"},
			{"answered", func() (response.Case, error) {
				return acts.Do(ctx, response.Action{EventID: "E-1", Act: alerting.Answered, Section: "煤炭科", URL: "http://b/1"})
			}, "", "市住建局未确认、市城管局未确认"},
			{"closed behind a gate", func() (response.Case, error) { return acts.Close(ctx, word("局办公室", "办完")) }, "市住建局未确认、市城管局未确认", "市住建局未确认、市城管局未确认"},
			{"confirmed", func() (response.Case, error) {
				return acts.Confirm(ctx, word("煤炭科", "电话确认"), "市住建局", response.Confirmed)
			}, "", "市城管局未确认"},
			{"waived, no reason", func() (response.Case, error) {
				return acts.Confirm(ctx, word("煤炭科", ""), "市城管局", response.Waived)
			}, "为什么不用会商", "市城管局未确认"},
			{"waived", func() (response.Case, error) {
				return acts.Confirm(ctx, word("煤炭科", "与其无关"), "市城管局", response.Waived)
			}, "", ""},
			{"closed without a reason", func() (response.Case, error) { return acts.Close(ctx, word("局办公室", "")) }, "请写明办结的依据", ""},
			{"closed", func() (response.Case, error) { return acts.Close(ctx, word("局办公室", "已答复并回访")) }, "", ""},
			{"closed twice", func() (response.Case, error) { return acts.Close(ctx, word("局办公室", "再办")) }, "已经办结", ""},
		}
		for _, s := range steps {
			_, err := s.do()
			if s.refuse == "" && err != nil || s.refuse != "" && (err == nil || !strings.Contains(err.Error(), s.refuse)) {
				t.Fatalf("%s: %v, want %q", s.what, err, s.refuse)
			}
			_, e, err := response.Resolve(ctx, d.db.Reader(), "C-1")
			if err != nil {
				t.Fatal(err)
			}
			log, err := response.Log(ctx, d.db.Reader(), "C-1")
			if err != nil {
				t.Fatal(err)
			}
			if got := response.Barred(response.Gates(e.Consult, log, "电力科")); got != s.gates {
				t.Errorf("%s: gates %q, want %q", s.what, got, s.gates)
			}
		}
		c, err := response.Find(ctx, d.db.Reader(), "C-1")
		if err != nil || c.Status != response.Closed || c.ClosedAt.IsZero() {
			t.Errorf("case %+v, %v", c, err)
		}
		want := []string{
			"【请审核】某矿透水 → 局办公室、电力科",
			"【合法性审核不通过，请勿发布】某矿透水 → 局办公室、煤炭科",
			"【请审核】某矿透水 → 局办公室、电力科",
			"【合法性审核通过】某矿透水 → 局办公室、煤炭科",
			"【要求会商：市城管局】某矿透水 → 局办公室、煤炭科",
			"【煤炭科登记已回应】某矿透水 → 局办公室、煤炭科",
			"【会商确认：市住建局】某矿透水 → 局办公室、煤炭科",
			"【免会商：市城管局】某矿透水 → 局办公室、煤炭科",
			"【局办公室办结】某矿透水 → 局办公室、煤炭科",
		}
		if diff := cmp.Diff(want, d.told(t)); diff != "" {
			t.Errorf("told differs (-want +got):\n%s", diff)
		}
		history, err := response.History(ctx, d.db.Reader(), "E-1")
		if err != nil || len(history) != 9 || history[5].Did != "已回应" || history[8].Did != "办结" {
			t.Errorf("history %+v, %v", history, err)
		}
	})
}

// TestWhatWasTakenOnAndHandedOnClimbsAgain: who took it on is not on it any more.
func TestWhatWasTakenOnAndHandedOnClimbsAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		d, acts := alerted(t, o, verdict.Pending)
		climber := &alerting.Climber{DB: d.db, Outbox: d.r.Outbox, Settled: response.Settled, Now: func() time.Time { return d.now }}
		for _, deed := range []response.Action{{Act: alerting.Take, Section: "煤炭科"}, {Act: alerting.HandOver, Section: "煤炭科", To: "电力科"}} {
			deed.EventID, d.now = "E-1", d.now.Add(time.Minute)
			if _, err := acts.Do(t.Context(), deed); err != nil {
				t.Fatal(err)
			}
		}
		id := "K-E-1/handover/煤炭科/电力科|1"
		if !scheduled(t, d, alerting.JobClimb, id) {
			t.Fatal("nobody watches over the handover")
		}
		d.now = d.now.Add(10 * time.Minute)
		if err := climber.Climb(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		got := d.told(t)
		if last := got[len(got)-1]; !strings.HasPrefix(last, "【10分钟无人认领】") || !strings.HasSuffix(last, "→ 分管领导、局办公室、煤炭科、电力科") {
			t.Errorf("told %q", got)
		}
	})
}
