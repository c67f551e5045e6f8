package feed_test

import (
	"context"
	"strings"
	"testing"
	"unicode"

	"huiying/crawler"
	"huiying/internal/origintest"
	"huiying/internal/post"
)

// Whatever stands where a feed should be, the operator reads in Chinese what it is.
func TestTrouble(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		body string
		want crawler.Trouble
	}{
		"captcha":       {"<!DOCTYPE html><html><title>安全验证</title><body>请输入验证码</body></html>", crawler.Blocked},
		"log-in page":   {"<html><form>用户登录<input type=password></form></html>", crawler.Blocked},
		"another page":  {"<html><body><p>欢迎光临</p></body></html>", crawler.Broken},
		"nothing":       {"", crawler.Empty},
		"words":         {"服务暂停", crawler.Broken},
		"half a tag":    {"<rss version=\"2.0\"><chan", crawler.Broken},
		"nested":        {rss("<item>" + strings.Repeat("<e:a>", 1000)), crawler.Hostile},
		"entities":      {`<!DOCTYPE rss [<!ENTITY a "aaaa">]>` + rss("<item><title>&a;</title></item>"), crawler.Hostile},
		"JSON nested":   {`{"items":` + strings.Repeat("[", 1000), crawler.Hostile},
		"JSON objects":  {`{"version":"https://jsonfeed.org/version/1.1","items":[` + strings.Repeat("{},", 200_000) + "{}]}", crawler.Hostile},
		"flat elements": {rss("<item><title>a</title>" + strings.Repeat("<e:a/>", 200_000) + "</item>"), crawler.Hostile},
		"null items":    {`{"version":"https://jsonfeed.org/version/1.1","items":[null],"authors":[null]}`, crawler.Hostile},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := origintest.New(t)
			o.On("/rss", origintest.Answer{Type: "application/rss+xml", Body: []byte(tc.body)})
			_, err := collector(t, o, nil).Collect(t.Context(), crawler.Round{}, nothing)
			if got := crawler.TroubleOf(err); got != tc.want {
				t.Errorf("%v is %q, want %q", err, got, tc.want)
			}
			if told, ok := err.(interface{ Chinese() string }); err != nil && ok && !strings.ContainsFunc(told.Chinese(), func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("not Chinese: %s", told.Chinese())
			}
		})
	}
}

func nothing(context.Context, []post.Post) error { return nil }

// What is hurt is told beside what could be read.
func TestWhatIsHurtIsTold(t *testing.T) {
	t.Parallel()
	whole := "<item><title>潞城区停水</title></item><item><title>襄垣县停电</title></item>"
	for name, tc := range map[string]struct {
		body  string
		posts int
		told  string
	}{
		"breaks off after the first":     {rss(whole)[:strings.Index(rss(whole), "襄")], 1, "只读到第 1 条"},
		"breaks off in the second's end": {rss(whole)[:len(rss(whole))-30], 1, "只读到第 1 条"},
		"a bad byte in the last":         {strings.Replace(rss(whole), "县停电", "县\xff电", 1), 2, "乱码|编码损坏"},
		"empty items":                    {rss(strings.Repeat("<item></item>", 250_000)), 0, "有 2000 条没有标题和正文"},
		"empty items, self-closed":       {rss(strings.Repeat("<item/>", 250_000)), 0, "只读了前 2000 条"},
		"a title of 1 MB":                {rss("<item><title>停电" + strings.Repeat("啊", 1<<20/3) + "</title></item>"), 1, "标题过长"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := origintest.New(t)
			o.On("/rss", origintest.Answer{Type: "application/rss+xml", Body: []byte(tc.body)})
			n := 0
			rep, err := collector(t, o, nil).Collect(t.Context(), crawler.Round{}, func(_ context.Context, p []post.Post) error { n = len(p); return nil })
			if err != nil || n != tc.posts {
				t.Errorf("%d posts, want %d (%v)", n, tc.posts, err)
			}
			lines, found := strings.Join(rep.Skipped, "\n"), false
			for word := range strings.SplitSeq(tc.told, "|") {
				found = found || strings.Contains(lines, word)
			}
			if !found || len(rep.Skipped) > 3 {
				t.Errorf("told %q, want %q", lines, tc.told)
			}
		})
	}
}

// A feed that makes up a new guid for every answer brings no post twice.
func TestChangingGUIDs(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	answer := func(guids ...string) origintest.Answer {
		var b strings.Builder
		for i, g := range guids {
			b.WriteString("<item><title>" + string(rune('甲'+i)) + "村停水</title><guid isPermaLink=\"false\">" + g + "</guid></item>")
		}
		return origintest.Answer{Type: "application/rss+xml", Body: []byte(rss(b.String()))}
	}
	o.On("/rss", answer("a1", "b1"), answer("a2", "b2"), answer("a3", "b3", "c3"), answer("a4", "b3", "c4"))
	c := collector(t, o, nil)
	seen := map[string]int{}
	for range 4 {
		_, err := c.Collect(t.Context(), crawler.Round{}, func(_ context.Context, ps []post.Post) error {
			for _, p := range ps {
				seen[p.ID]++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 3 {
		t.Errorf("%d posts, want 3: %v", len(seen), seen)
	}
}
