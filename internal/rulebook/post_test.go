package rulebook

import (
	"errors"
	"strings"
	"testing"

	"huiying/internal/store"
	"huiying/internal/storetest"
)

// TestStoredPostsAtTheDesk finds posts to explain and counts short words, on both
// databases.
func TestStoredPostsAtTheDesk(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		insertPosts(t, db)

		got, err := FindPost(t.Context(), db.Reader(), "dark")
		if err != nil || got.Post.Body != "长治又停电了" || got.Event != "E-1" || got.Others != 1 || !got.FirstSeen.Equal(morning) {
			t.Errorf("found %+v, %v", got, err)
		}
		if _, err := FindPost(t.Context(), db.Reader(), "P-none"); !errors.Is(err, ErrNoPost) {
			t.Errorf("got %v, want ErrNoPost", err)
		}

		f := deskOf(t, "版本: 1\n规则:\n  - {编号: A-1, 名称: 甲, 类别: 切身利益, 必须有: [{组: 现象, 词: [\"电\", 停气]}], 归口: 电力科}\n")
		_, problems := f.Check()
		findings := f.Findings(problems)
		words := ShortWords(findings)
		if len(words) != 1 || words[0] != "电" {
			t.Fatalf("short words %q", words)
		}
		v, err := CountWords(t.Context(), db.Reader(), words, 30, morning.AddDate(0, 0, 5))
		if err != nil || v.Posts != 1205 || v.Days != 5 || v.PerDay("电") != 1 {
			t.Errorf("counted %+v, %v a day, %v", v, v.PerDay("电"), err)
		}
		Measure(findings, v)
		for _, x := range findings {
			if x.Code == "W021" && !strings.Contains(x.Message, "过去 5 天平均每天有 1 条帖子写到它") {
				t.Errorf("got %q", x.Message)
			}
		}
	})
}
