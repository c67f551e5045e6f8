package pipeline_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/event"
	"huiying/response"
)

const (
	official = "襄垣县常庄煤矿发生透水事故。11月22日20时许，襄垣县常庄煤矿井下发生透水，3人被困，救援正在进行。"
	witness  = "昨晚襄垣常庄矿透水了，听人讲12人被困没上来，家属都在井口等着。"
	another  = "襄垣县善福煤矿井下昨夜透水，3人被困，当地正在救援。"
)

// notices lists what was posted, in order: its kind and headline.
func (h *fixture) notices(t *testing.T) []string {
	t.Helper()
	var all []alerting.Notice
	if err := h.db.Reader().NewSelect().Model(&all).Order("created_at", "id").Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, n := range all {
		out = append(out, string(n.Kind)+" "+n.Content.Headline)
	}
	return out
}

func TestOneMatterInOtherWordsIsOneAlert(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		first := h.process(t, newPost("a", "http://a/1", official))[0]
		h.pass(time.Hour)
		second := h.process(t, newPost("b", "http://b/1", witness))[0]
		if second.Event.ID != first.Event.ID || second.Join.How != event.OtherWords || second.Join.Score < 0.8 || !second.Change.Raised {
			t.Errorf("the witness joined %+v by %+v with %+v", second.Event, second.Join, second.Change)
		}
		h.pass(time.Hour)
		third := h.process(t, newPost("c", "http://c/1", another))[0]
		if third.Event.ID == first.Event.ID {
			t.Errorf("another mine joined by %+v", third.Join)
		}
		all := h.notices(t)
		if len(all) != 3 || !strings.HasPrefix(all[0], "alert ") || !strings.HasPrefix(all[1], "update ") || !strings.HasPrefix(all[2], "alert ") {
			t.Errorf("notices %q, want an alert, its update and the other mine's alert", all)
		}
	})
}

func TestPeopleMergeAndSplitForGood(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		one := h.process(t, newPost("a", "http://a/1", official))[0]
		h.pass(time.Minute)
		two := h.process(t, newPost("c", "http://c/1", another))[0]
		h.pass(time.Minute)
		editor := h.editor()
		e, err := editor.Merge(t.Context(), two.Event.ID, one.Event.ID, "值班员")
		if err != nil || e.ID != one.Event.ID || e.Posts != 2 || e.Sources != 2 {
			t.Fatalf("merged into %+v, %v", e, err)
		}
		k, err := response.Find(t.Context(), h.db.Reader(), two.Event.ID)
		if err != nil || k.Status != response.Merged || !strings.Contains(k.Clocks[0].Note, "并入 "+response.CaseID(one.Event.ID)) {
			t.Errorf("the merged event's case is %+v, %v", k, err)
		}
		// A repost of the merged event's post joins what it was merged into, before and
		// after a restart.
		for i, again := range []*fixture{h, open()} {
			again.now = h.clock()
			out := again.process(t, newPost("d", fmt.Sprint("http://d/", i), "据媒体报道，"+another))[0]
			if out.Event.ID != one.Event.ID || out.Change.Alerted {
				t.Errorf("round %d: the repost came to %s by %+v", i, out.Event.ID, out.Join)
			}
		}
		apart, err := editor.Split(t.Context(), two.Post.ID, "值班员")
		if err != nil {
			t.Fatal(err)
		}
		if apart.ID == one.Event.ID || apart.Posts != 1 {
			t.Errorf("split into %+v", apart)
		}
		for i, again := range []*fixture{h, open()} {
			again.now = h.clock()
			changed := newPost("c", "http://c/1", another+fmt.Sprint("第", i+1, "次更新。"))
			if out := again.process(t, changed)[0]; out.Event.ID != apart.ID {
				t.Errorf("round %d: the split post, read again, came to %s", i, out.Event.ID)
			}
		}
		links, err := event.Links(t.Context(), h.db.Reader(), one.Event.ID)
		if err != nil || len(links) != 2 {
			t.Errorf("links %+v, %v", links, err)
		}
	})
}

func TestManyComplaintsOfOneCountyAlertOnce(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		for i, text := range []string{
			"壶关县锦都小区暖气不热，家里才十四度", "壶关龙泉花园不热，交了钱没人管，孩子都感冒了", "壶关县晋庄镇西七里村家里不热，老人受不了",
			"壶关县树掌镇的暖气片摸着不热是怎么回事", "壶关紫团小区一点都不热，打电话也不接",
		} {
			out := h.process(t, newPost(fmt.Sprint("s", i), fmt.Sprint("http://s/", i), text))[0]
			if out.Change.Alerted != (i == 2) {
				t.Errorf("post %d alerted: %v, %s", i+1, out.Change.Alerted, out.Verdict.Why)
			}
			h.pass(10 * time.Minute)
		}
		if all := h.notices(t); len(all) != 1 {
			t.Errorf("notices %q, want one alert", all)
		}
	})
}

func TestASpreadingEventIsToldOnce(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		const text = "屯留区路村乡变压器跳闸，全村两天没有电，村民说打了好几次电话都没有人来修"
		for i := range 5 {
			h.process(t, newPost(fmt.Sprint("s", i), fmt.Sprint("http://s/", i), text))
			h.pass(time.Minute)
		}
		all := h.notices(t)
		if len(all) != 2 || !strings.Contains(all[1], "扩散升级") || !strings.HasPrefix(all[1], "update ") {
			t.Errorf("notices %q, want the alert and one update", all)
		}
		if again := open(); true {
			again.now = h.clock()
			again.process(t, newPost("s9", "http://s/9", text))
		}
		if all := h.notices(t); len(all) != 2 {
			t.Errorf("after a restart notices are %q", all)
		}
	})
}
