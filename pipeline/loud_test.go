package pipeline_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"huiying/internal/store"
)

// crowd makes an event loud: n more posts of it, each like the given one.
func (h *fixture) crowd(t *testing.T, postID, eventID string, n int) {
	t.Helper()
	err := h.db.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT * FROM posts WHERE id = ?", postID)
		if err != nil {
			return err
		}
		columns, err := rows.Columns()
		if err := rows.Close(); err != nil {
			return err
		}
		if err != nil {
			return err
		}
		values := slices.Clone(columns)
		for i, c := range columns {
			if c == "id" || c == "url" {
				values[i] = c + " || '-' || n"
			}
		}
		q := fmt.Sprintf("INSERT INTO posts (%s) WITH RECURSIVE more(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < %d) "+
			"SELECT %s FROM posts, more WHERE id = '%s'", strings.Join(columns, ", "), n, strings.Join(values, ", "), postID)
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, fmt.Sprintf("UPDATE events SET posts = posts + %d WHERE id = '%s'", n, eventID))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestALoudEventDoesNotDrownOthers: an event with thousands of posts keeps neither 升级
// from counting what else is said, nor answers from being offered to other cases.
func TestALoudEventDoesNotDrownOthers(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		const answered = "长治潞州区某小区停电两天没有人管，居民很着急"
		quiet := h.process(t, newPost("a", "http://a/1", answered))[0]
		for i, text := range []string{"壶关县锦都小区暖气不热，家里才十四度", "壶关龙泉花园不热，交了钱没人管，孩子都感冒了"} {
			h.process(t, newPost(fmt.Sprint("s", i), fmt.Sprint("http://s/", i), text))
		}
		h.pass(time.Minute)
		loud := h.process(t, newPost("b", "http://b/1", flood))[0]
		h.crowd(t, loud.Post.ID, loud.Event.ID, 3100)
		h.pass(time.Minute)
		out := h.process(t, newPost("s9", "http://s/9", "壶关县晋庄镇西七里村家里不热，老人受不了"))[0]
		if !out.Change.Alerted {
			t.Errorf("the third complaint of one county did not alert: %s", out.Verdict.Why)
		}
		said := answer("网友反映“" + answered + "”，经核查是线路故障，已于昨晚恢复。")
		said.Title = "关于停电的答复"
		h.process(t, said)
		n, err := h.db.Reader().NewSelect().TableExpr("offers").Where("case_id = ?", "C-"+strings.TrimPrefix(quiet.Event.ID, "E-")).Count(t.Context())
		if err != nil || n != 1 {
			t.Errorf("%d answers offered (%v), want 1", n, err)
		}
		// A source that speaks of the loud event for the first time counts once.
		before := loud.Event.Sources
		for i := range 2 {
			out := h.process(t, newPost("c", fmt.Sprint("http://c/", i), flood))[0]
			if out.Event.ID != loud.Event.ID || out.Event.Sources != before+1 {
				t.Errorf("event %s of %d sources, want %s of %d", out.Event.ID, out.Event.Sources, loud.Event.ID, before+1)
			}
		}
	})
}
