package pipeline_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"huiying/event"
	"huiying/internal/post"
	"huiying/internal/verdict"
	"huiying/response"
)

// TestReachIsKeptAsItIsPublished: figures of readers are carried on posts, the latest
// of each counts, and that they moved is neither a revision nor news.
func TestReachIsKeptAsItIsPublished(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		reach := func(source, text string, r post.Reach) post.Post {
			p := newPost(source, "http://"+source+"/1", text)
			p.Reach = r
			return p
		}
		one := h.process(t, reach("a", flood, post.Reach{Reads: 900, Audience: 20_000}))[0]
		h.pass(time.Hour)
		h.process(t, reach("b", "据媒体报道，"+flood, post.Reach{Shares: 30}))
		h.process(t, newPost("c", "http://c/1", "网友："+flood))
		told := h.words(t, one.Event.ID)
		h.pass(time.Hour)
		// The same texts again, with other figures, and once without.
		for _, r := range []post.Reach{{Reads: 12_000, Audience: 30_000}, {}} {
			if out := h.process(t, reach("a", flood, r)); len(out) != 0 {
				t.Errorf("a counter made %+v", out)
			}
		}
		if got := h.words(t, one.Event.ID); len(got) != len(told) {
			t.Errorf("a counter was told: %q", got)
		}
		heat, err := event.ReadHeat(t.Context(), h.db.Reader(), one.Event.ID, h.clock())
		if err != nil {
			t.Fatal(err)
		}
		if want := "；阅读 1.2万（1 条公布），转发 30（1 条公布），来源受众约 3万（1 个来源，估计）"; !strings.HasSuffix(heat.String(), want) {
			t.Errorf("heat %s, want it to end in %s", heat, want)
		}
		var course []string
		for _, x := range heat.Course {
			course = append(course, fmt.Sprintf("+%s %d/%d/%d/%d %d %d", x.At.Sub(start.Truncate(time.Hour)), x.New, x.Posts, x.Sources, x.Channels, x.Reads, x.Shares))
		}
		if got := strings.Join(course, "; "); got != "+0s 1/1/1/1 900 0; +1h0m0s 2/3/3/1 900 30; +2h0m0s 0/3/3/1 12000 30" {
			t.Errorf("course %s", got)
		}
	})
}

// TestReviewsThatReachAStepBecomeAnAlert: an event all of whose posts are under 复核 is
// raised to 告警 by the post that reaches the step, once, with case and clocks.
func TestReviewsThatReachAStepBecomeAnAlert(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		const text = "网传潞州区的阶梯电价下月全部取消，以后用多少都是一个价，大家赶紧转给身边的人看看"
		for i := range 5 {
			out := h.process(t, newPost(fmt.Sprint("s", i), fmt.Sprint("http://s/", i), text))[0]
			if out.Change.Alerted != (i == 2) {
				t.Errorf("post %d alerted: %v, %s", i+1, out.Change.Alerted, out.Verdict.Why)
			}
			if i != 2 {
				continue
			}
			if out.Event.Handling != verdict.Alert || out.Event.Posts != 3 || !strings.Contains(out.Verdict.Why, "升级: ") || len(out.Clocks) != 1 || len(out.Told) == 0 {
				t.Errorf("the step made %+v of %+v", out, out.Event)
			}
			if _, err := response.Find(t.Context(), h.db.Reader(), out.Event.ID); err != nil {
				t.Error(err)
			}
		}
		if all := h.notices(t); len(all) != 1 || !strings.HasPrefix(all[0], "alert ") {
			t.Errorf("notices %q, want one alert", all)
		}
	})
}
