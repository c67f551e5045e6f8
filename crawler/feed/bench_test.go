package feed_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"

	"huiying/crawler/feed"
)

// twenty is a feed of an ordinary day.
func twenty() string {
	var b strings.Builder
	for i := range 20 {
		fmt.Fprintf(&b, "<item><title>襄垣县图书馆公布第%d号读书活动安排</title><link>/a/%[1]d.html</link><guid>%[1]d</guid><pubDate>Fri, 20 Nov 2026 08:00:00 +0800</pubDate><description><![CDATA[<p>%s</p>]]></description></item>",
			i, strings.Repeat("市民可以凭身份证到馆参加，名额有限，报满为止。", 10))
	}
	return rss(b.String())
}

// BenchmarkParse reads a feed of twenty items from its bytes; plain gofeed beside it.
func BenchmarkParse(b *testing.B) {
	raw := []byte(twenty())
	b.Run("huiying", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			if posts, err := feed.ParseBytes(raw, "application/rss+xml", "http://example.com/rss", now()); err != nil || len(posts) != 20 {
				b.Fatal(len(posts), err)
			}
		}
	})
	b.Run("gofeed", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			if f, err := gofeed.NewParser().ParseString(string(raw)); err != nil || len(f.Items) != 20 {
				b.Fatal(err)
			}
		}
	})
}
