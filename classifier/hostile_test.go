//go:build unix

package classifier_test

import (
	"strings"
	"testing"
	"time"

	"huiying/internal/post"
	"huiying/internal/ratiotest"
	"huiying/internal/verdict"
)

// hostile are texts made to be slow, or to hide what they say, by their size in
// bytes. Each begins or ends with what the rules look for.
func hostile() map[string]func(size int) string {
	fill := func(piece string) func(int) string {
		return func(size int) string { return strings.Repeat(piece, size/len(piece)) }
	}
	first := func(rest func(int) string) func(int) string {
		return func(size int) string { return "长治煤矿透水" + rest(size) }
	}
	last := func(before func(int) string) func(int) string {
		return func(size int) string { return before(size) + "长治煤矿透水" }
	}
	return map[string]func(int) string{
		"keyword behind a text without marks": last(fill("这是一段不带标点的话")),
		"keyword behind a plain text":         last(fill("公园里的花都开了，大家出来散步。")),
		"one rule word":                       first(fill("爆炸")),
		"one word that never counts":          first(fill("《爆炸》")),
		"every rule word":                     fill("长治煤矿爆炸3人死亡严防"),
		"places and their guards":             last(fill("长治久安，长治路")),
		"prevented throughout":                first(fill("严防煤矿爆炸")),
		"denied throughout":                   first(fill("未爆炸")),
		"near, but for the sentence":          first(fill("煤矿。爆炸")),
		"near words far apart":                first(func(n int) string { return fill("煤矿")(n/2) + "。" + fill("爆炸")(n/2) }),
		"taken apart throughout":              first(fill("停-电🔌了 煤.矿")),
		"hashtags":                            first(fill("#停电##煤矿爆炸#")),
		"combining marks":                     last(fill("\u20e0\u0301\u0489")),
		"surrogates in CESU-8":                last(fill("\xed\xa0\xbd\xed\xb4\x8c")),
		"broken bytes":                        last(fill("\xff\xfe\x80")),
		"NUL":                                 last(fill("\x00")),
		"zero width":                          last(fill("\u200b\u202e\ufeff")),
		"spaces":                              last(fill(" \n")),
		"figures":                             first(fill("3人死亡2人受伤")),
		"figures of nobody":                   first(fill("3千5百万,")),
	}
}

// TestHostileTexts judges each of them at two sizes. Nothing may go unseen, and the
// time may grow with the size only: eight times the text may take thrice eight
// times as long on a noisy machine, while with the square it would take 64 times.
// Nor may two megabytes take more than a bound that only a wrong order misses.
func TestHostileTexts(t *testing.T) { //nolint:paralleltest // it measures the processor's time
	if testing.Short() {
		t.Skip("the race detector's time is not ours")
	}
	c := build(t)
	const small, times, bound = 1 << 18, 8, 20 * time.Second
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) { //nolint:paralleltest // as above
			judge := func(size int) time.Duration {
				p := post.Post{Body: text(size)}
				best := bound
				for range 2 {
					started := ratiotest.Spent()
					v := c.Classify(p)
					best = min(best, ratiotest.Spent()-started)
					if v.Handling == verdict.None {
						t.Fatalf("%d bytes went unseen: %s", len(p.Body), v.Why)
					}
				}
				return best
			}
			less, more := judge(small), judge(small*times)
			t.Logf("%s, %d times the text %s", less, times, more)
			if more > 3*times*max(less, time.Millisecond) || more >= bound {
				t.Errorf("%d times the text takes %s instead of %s", times, more, less)
			}
		})
	}
}
