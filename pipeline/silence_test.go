package pipeline_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/response"
)

// silence adds one that holds for a day.
func (h *fixture) silence(t *testing.T, s alerting.Silence) alerting.Silence {
	t.Helper()
	s.Reason, s.Author, s.CreatedAt, s.EndsAt = "计划检修已公告", "局办公室", h.clock(), h.clock().Add(24*time.Hour)
	err := h.db.Write(t.Context(), func(ctx context.Context, tx store.Tx) (err error) {
		s, err = alerting.AddSilence(ctx, tx, h.db, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// states counts the deliveries by state and lists the notices of kinds.
func (h *fixture) states(t *testing.T) (sent, silenced int, lists []alerting.Notice) {
	t.Helper()
	var ds []alerting.Delivery
	if err := h.db.Reader().NewSelect().Model(&ds).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, d := range ds {
		if d.State == alerting.Silenced {
			silenced++
		} else {
			sent++
		}
	}
	if err := h.db.Reader().NewSelect().Model(&lists).Where("id LIKE 'Q-%'").Order("id").Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	return sent, silenced, lists
}

func (h *fixture) endOf(t *testing.T, s alerting.Silence) {
	t.Helper()
	ends := &alerting.SilenceEnds{DB: h.db, Outbox: h.outbox, Standing: response.Waiting, Now: h.clock}
	if err := ends.End(t.Context(), s.ID); err != nil {
		t.Fatal(err)
	}
}

func TestSilencedIsRecordedAndNotSent(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		s := h.silence(t, alerting.Silence{Sections: []string{"电力科"}})
		o := h.process(t, newPost("a", "http://a/1", "长治潞州区某小区停电两天没有人管，居民很着急"))[0]
		if len(o.Told) != 0 || o.Event.Step != 1 || len(o.Clocks) != 1 {
			t.Fatalf("told %v, step %d, clocks %d; want nobody, and the event with its clock all the same", o.Told, o.Event.Step, len(o.Clocks))
		}
		// Another section's matter is told as ever, and so is one of both.
		if o := h.process(t, newPost("a", "http://a/2", "长治襄垣县矿井附近停电，井下排水受影响"))[0]; len(o.Told) == 0 {
			t.Error("a matter of two sections was held back by a silence over one")
		}
		if _, silenced, _ := h.states(t); silenced != 2 {
			t.Errorf("%d deliveries on record as silenced, want the section's and the office's", silenced)
		}
		over, err := alerting.SilencesOver(t.Context(), h.db.Reader(), o.Event.ID)
		if err != nil || len(over) != 1 || over[0].ID != s.ID || !strings.Contains(over[0].Held(), "被静默：计划检修已公告，至 11-24") {
			t.Errorf("the event's silences are %v (%v)", over, err)
		}

		// A reminder of the same event is judged by the event's posts.
		h.pass(23 * time.Hour)
		r := &response.Reminders{DB: h.db, Outbox: h.outbox, Policy: response.Policy{}.WithDefaults(), Page: func(string) string { return "" }, Now: h.clock}
		before, _, _ := h.states(t)
		if err := r.Clock(t.Context(), o.Clocks[0].ID+"|soon"); err != nil {
			t.Fatal(err)
		}
		if after, silenced, _ := h.states(t); after != before || silenced != 4 {
			t.Errorf("the reminder was sent: %d deliveries to send, was %d; %d silenced", after, before, silenced)
		}

		// At its end those who were told nothing get one list, once.
		h.pass(2 * time.Hour)
		h.endOf(t, s)
		h.endOf(t, s)
		_, _, lists := h.states(t)
		if len(lists) != 2 {
			t.Fatalf("%d lists, want one for the section and one for the office", len(lists))
		}
		if c := lists[0].Content; !strings.Contains(c.Headline, "1 件") || !strings.Contains(c.Summary, o.Event.ID) || !strings.Contains(c.Summary, "剩") {
			t.Errorf("the list says %q / %q", c.Headline, c.Summary)
		}

		// A clock that ran out breaks through whatever is silenced.
		h.silence(t, alerting.Silence{Events: []string{o.Event.ID}})
		h.pass(24 * time.Hour)
		h.silence(t, alerting.Silence{Events: []string{o.Event.ID}})
		before, _, _ = h.states(t)
		if err := r.Clock(t.Context(), o.Clocks[0].ID+"|due"); err != nil {
			t.Fatal(err)
		}
		if after, _, _ := h.states(t); after == before {
			t.Error("the reminder of a clock that ran out was silenced")
		}
	})
}

func TestGraveMattersBreakSilence(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		s := h.silence(t, alerting.Silence{Sections: []string{"煤炭科"}})
		for name, text := range map[string]string{
			"待定": "长治武乡县某煤矿发生透水，情况不明", "较大": flood, "重大": "长治屯留区另一处煤矿发生透水，12人被困井下，正在救援",
		} {
			if o := h.process(t, newPost("a", "http://a/"+name, text))[0]; len(o.Told) == 0 {
				t.Errorf("%s was silenced", name)
			}
		}
		p := newPost("b", "http://b/1", "长治长子县一处小煤窑透水，1人死亡，善后正在进行")
		o := h.process(t, p)[0]
		if len(o.Told) != 0 || o.Event.Grade != verdict.Ordinary {
			t.Fatalf("%s told %v, want 一般 to be held back", o.Event.Grade, o.Told)
		}
		h.pass(time.Hour)
		p.Body = strings.Replace(p.Body, "1人死亡", "3人被困", 1)
		if o = h.process(t, p)[0]; !o.Change.Raised || len(o.Told) == 0 {
			t.Fatalf("raised %v told %v, want the raise to break the silence", o.Change.Raised, o.Told)
		}
		h.pass(24 * time.Hour)
		h.endOf(t, s)
		if _, _, lists := h.states(t); len(lists) != 0 {
			t.Errorf("the end told of %v, which broke through before", lists)
		}
	})
}

// A matter that another silence holds still is told of at the end of that one.
func TestOverlappingSilences(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		first := h.silence(t, alerting.Silence{Category: verdict.Interest, Words: []string{"停 电"}})
		o := h.process(t, newPost("a", "http://a/1", "长治潞州区某小区停电两天没有人管，居民很着急"))[0]
		h.pass(12 * time.Hour)
		second := h.silence(t, alerting.Silence{Events: []string{o.Event.ID}})
		h.pass(13 * time.Hour)
		h.endOf(t, first)
		if _, _, lists := h.states(t); len(lists) != 0 {
			t.Fatalf("told %v while the second silence holds", lists)
		}
		h.pass(12 * time.Hour)
		h.endOf(t, second)
		if _, _, lists := h.states(t); len(lists) != 2 {
			t.Errorf("%d lists at the end of the second, want 2", len(lists))
		}
	})
}
