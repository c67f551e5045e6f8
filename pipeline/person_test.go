package pipeline_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/alerting"
	"huiying/event"
	"huiying/pipeline"
	"huiying/response"
)

// editor returns what merges and splits the fixture's events.
func (h *fixture) editor() *pipeline.EventEditor {
	return &pipeline.EventEditor{
		DB: h.db, Outbox: h.outbox, Policy: response.Policy{Office: "局办公室"}, Now: h.clock,
		Page: func(id string) string { return "http://127.0.0.1:8420/events/" + id },
	}
}

// words lists the notices of an event with whom they went to.
func (h *fixture) words(t *testing.T, eventID string) []string {
	t.Helper()
	ns, err := alerting.NoticesOf(t.Context(), h.db.Reader(), eventID)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, n := range ns {
		ds, err := alerting.DeliveriesOf(t.Context(), h.db.Reader(), []string{n.ID})
		if err != nil {
			t.Fatal(err)
		}
		line := n.Content.Headline + " →"
		for _, d := range ds {
			line += " " + d.Receiver
			if d.Parent != "" {
				line += "↳"
			}
		}
		out = append(out, line)
	}
	return out
}

func (h *fixture) caseOf(t *testing.T, id string) response.Case {
	t.Helper()
	c, err := response.Find(t.Context(), h.db.Reader(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// lines says how clocks stand: kind, start after the test's and how they ended.
func lines(c response.Case) string {
	var out []string
	for _, k := range c.Clocks {
		how := "走"
		switch {
		case k.Ended != "":
			how = string(k.Ended)
		case !k.Running():
			how = "答复 " + k.URL
		}
		out = append(out, fmt.Sprintf("%s +%s %s", strings.TrimPrefix(k.ID, c.ID+"/"), k.StartedAt.Sub(start), how))
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

// TestMergedCasesAreOne: one case goes on with the earlier clocks and what the other
// had of clocks, acts and log; who heard of the other is told once, in its thread; its
// reminders end.
func TestMergedCasesAreOne(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		// The interest is alerted first, and the emergency of 重大 after it.
		slow := h.process(t, newPost("a", "http://a/1", "屯留区某矿井停电，风机停转，矿工家属很着急"))[0]
		h.pass(10 * time.Minute)
		fast := h.process(t, newPost("b", "http://b/1", "屯留区某煤矿透水，12人被困井下，救援队伍已经赶到现场"))[0]
		if slow.Event.ID == fast.Event.ID {
			t.Fatal("the two joined by themselves")
		}
		h.pass(10 * time.Minute)
		acts := &response.Acts{DB: h.db, Outbox: h.outbox, Page: h.editor().Page, Now: h.clock}
		if _, err := acts.Do(t.Context(), response.Action{EventID: fast.Event.ID, Act: alerting.Take, Section: "煤炭科", Via: "link"}); err != nil {
			t.Fatal(err)
		}
		if _, err := acts.AskReview(t.Context(), response.Instruction{Case: fast.Event.ID, By: "煤炭科", Reason: "拟发布"}); err != nil {
			t.Fatal(err)
		}
		h.pass(time.Minute)
		editor := h.editor()
		e, err := editor.Merge(t.Context(), fast.Event.ID, slow.Event.ID, "局办公室")
		if err != nil || e.ID != slow.Event.ID || e.Grade != fast.Event.Grade || e.Category != fast.Event.Category {
			t.Fatalf("merged into %+v, %v", e, err)
		}
		if d := cmp.Diff("answer +0s 走; first_release +10m0s 走; press_conference +10m0s 走", lines(h.caseOf(t, e.ID))); d != "" {
			t.Error(d)
		}
		gone := h.caseOf(t, fast.Event.ID)
		if d := cmp.Diff("first_release +10m0s merged; press_conference +10m0s merged", lines(gone)); d != "" || gone.Status != response.Merged || gone.MergedInto != response.CaseID(e.ID) {
			t.Errorf("%s %s %s", d, gone.Status, gone.MergedInto)
		}
		if _, err := editor.Merge(t.Context(), fast.Event.ID, slow.Event.ID, "局办公室"); err == nil {
			t.Error("merged twice")
		}
		before := h.words(t, fast.Event.ID)
		if last := before[len(before)-1]; last != "【已并入另一事项】"+fast.Event.Title+" → 分管领导↳ 局主要负责人↳ 局办公室↳ 煤炭科↳" {
			t.Errorf("the other's receivers were told %q", before)
		}
		mine := h.words(t, e.ID)
		if last := mine[len(mine)-1]; !strings.HasPrefix(last, "【并入 "+fast.Event.ID+"】") || !strings.HasSuffix(last, "→ 分管领导↳ 局主要负责人↳ 局办公室↳ 煤炭科↳ 电力科↳") {
			t.Errorf("its own receivers were told %q", mine)
		}
		acks, err := alerting.AcksOf(t.Context(), h.db.Reader(), e.ID)
		if err != nil || len(acks) != 1 || !alerting.Taken(acks) {
			t.Errorf("acks %+v, %v", acks, err)
		}
		log, err := response.Log(t.Context(), h.db.Reader(), response.CaseID(e.ID))
		if err != nil || len(log) != 2 || log[0].Verb != response.Asked || log[1].Verb != response.Absorbed {
			t.Errorf("log %+v, %v", log, err)
		}
		// After a restart: the other's jobs remind of nothing, its own do.
		again := open()
		again.now = h.clock()
		again.pass(2 * time.Hour)
		r := &response.Reminders{DB: again.db, Outbox: again.outbox, Policy: response.Policy{}.WithDefaults(), Page: editor.Page, Now: again.clock}
		for _, id := range []string{gone.ID + "/first_release|soon", gone.ID + "/first_release|due", response.CaseID(e.ID) + "/first_release|due"} {
			if err := r.Clock(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Ungraded(t.Context(), fast.Event.ID); err != nil {
			t.Fatal(err)
		}
		if after := again.words(t, fast.Event.ID); !slices.Equal(after, before) {
			t.Errorf("the merged case went on: %q", after)
		}
		if after := again.words(t, e.ID); len(after) != len(mine)+1 || !strings.HasPrefix(after[len(mine)], "【已超时】首次发布") {
			t.Errorf("the case that goes on said %q", after)
		}
		// An update reaches who heard of either.
		out := again.process(t, newPost("c", "http://c/1", "据媒体报道，屯留区某煤矿透水，12人被困井下，救援队伍已经赶到现场"))[0]
		if out.Event.ID != e.ID {
			t.Errorf("the repost came to %s", out.Event.ID)
		}
	})
}

// TestMergedEvidence: what answered one of the two answered both, by the earlier clock.
func TestMergedEvidence(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		one := h.process(t, newPost("a", "http://a/1", "屯留区路村乡停电两天没有人修，村民很着急"))[0]
		h.pass(10 * time.Minute)
		two := h.process(t, newPost("b", "http://b/1", "襄垣县虒亭镇今天上午突然停电，抽水机都停了"))[0]
		acts := &response.Acts{DB: h.db, Outbox: h.outbox, Page: h.editor().Page, Now: h.clock}
		if _, err := acts.Do(t.Context(), response.Action{EventID: two.Event.ID, Act: alerting.Answered, Section: "电力科", URL: "http://b/answer"}); err != nil {
			t.Fatal(err)
		}
		e, err := h.editor().Merge(t.Context(), one.Event.ID, two.Event.ID, "局办公室")
		if err != nil {
			t.Fatal(err)
		}
		c := h.caseOf(t, e.ID)
		if d := cmp.Diff("answer +0s 答复 http://b/answer", lines(c)); d != "" || c.Status != response.Answered {
			t.Errorf("%s %s", c.Status, d)
		}
		// A third one, alerted first, takes both.
		third := h.process(t, newPost("c", "http://c/1", "潞城区微子镇停电，网友问什么时候来电，已打过电话"))[0]
		if e, err = h.editor().Merge(t.Context(), e.ID, third.Event.ID, "局办公室"); err != nil || e.ID != one.Event.ID {
			t.Fatalf("%s, %v", e.ID, err)
		}
		if c := h.caseOf(t, third.Event.ID); c.Status != response.Merged || c.MergedInto != response.CaseID(one.Event.ID) {
			t.Errorf("third %+v", c)
		}
		if c, _, err := response.Resolve(t.Context(), h.db.Reader(), two.Event.ID); err != nil || c.EventID != one.Event.ID {
			t.Errorf("two stands as %s, %v", c.EventID, err)
		}
	})
}

// TestASplitEventHasItsOwnCase: clocks from when its post was first seen, and those it
// concerns are told.
func TestASplitEventHasItsOwnCase(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		one := h.process(t, newPost("a", "http://a/1", official))[0]
		h.pass(10 * time.Minute)
		two := h.process(t, newPost("b", "http://b/1", "据媒体报道，"+official+"另据黎城县网友说，当地也停电了"))[0]
		if two.Event.ID != one.Event.ID {
			t.Fatal("the repost did not join")
		}
		h.pass(3 * time.Hour)
		e, err := h.editor().Split(t.Context(), two.Post.ID, "局办公室")
		if err != nil {
			t.Fatal(err)
		}
		c := h.caseOf(t, e.ID)
		for _, k := range c.Clocks {
			if !k.StartedAt.Equal(start.Add(10*time.Minute)) || !c.OpenedAt.Equal(k.StartedAt) {
				t.Errorf("clock %s started %v", k.ID, k.StartedAt)
			}
		}
		if got := h.words(t, e.ID); len(c.Clocks) == 0 || len(got) != 1 || !strings.Contains(got[0], "→ ") {
			t.Errorf("clocks %d, told %q", len(c.Clocks), got)
		}
		var stored event.Event
		if err := h.db.Reader().NewSelect().Model(&stored).Where("id = ?", e.ID).Scan(t.Context()); err != nil || stored.Step != 1 || stored.AlertedAt.IsZero() {
			t.Errorf("stored %+v, %v", stored, err)
		}
		log, err := response.Log(t.Context(), h.db.Reader(), c.ID)
		if err != nil || len(log) != 1 || log[0].Verb != response.SplitOff {
			t.Errorf("log %+v, %v", log, err)
		}
	})
}

// TestAMergeCutOffChangesNothing: one that is cut off before its end, as by a kill,
// leaves both cases as they were, and can be done again.
func TestAMergeCutOffChangesNothing(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		one := h.process(t, newPost("a", "http://a/1", "屯留区路村乡停电两天没有人修，村民很着急"))[0]
		h.pass(10 * time.Minute)
		two := h.process(t, newPost("b", "http://b/1", "襄垣县某煤矿透水，12人被困井下，救援队伍已经赶到现场"))[0]
		had := h.words(t, two.Event.ID)
		ctx, cut := context.WithCancel(t.Context())
		editor := h.editor()
		page := editor.Page
		editor.Page = func(id string) string { // all is written but the word of it
			cut()
			return page(id)
		}
		if _, err := editor.Merge(ctx, one.Event.ID, two.Event.ID, "局办公室"); err == nil {
			t.Fatal("merged by one who was gone")
		}
		again := open()
		again.now = h.clock()
		if a, b := lines(again.caseOf(t, one.Event.ID)), lines(again.caseOf(t, two.Event.ID)); a != "answer +0s 走" || b != "first_release +10m0s 走; press_conference +10m0s 走" {
			t.Errorf("half merged: %s | %s", a, b)
		}
		if got := again.words(t, two.Event.ID); !slices.Equal(got, had) {
			t.Errorf("told of no merge: %q", got)
		}
		if _, err := again.editor().Merge(t.Context(), one.Event.ID, two.Event.ID, "局办公室"); err != nil {
			t.Fatal(err)
		}
		if got := again.words(t, two.Event.ID); len(got) != len(had)+1 {
			t.Errorf("told %q", got)
		}
	})
}
