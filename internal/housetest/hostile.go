package housetest

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Hostile are texts that try to become something else than text.
func Hostile() []string {
	return []string{
		`<script>alert(1)</script>`,
		`<img src=x onerror=alert(1)>`,
		`<svg/onload=alert(1)>`,
		`</style><script>alert(1)</script>`,
		`a | b | c`,
		"第一行\n\n# 第二行\n- 第三行\r\n| x | y |",
		`](javascript:alert(1))`,
		`[官方通报](javascript:alert(1))`,
		`![](http://evil.example/x.png)`,
		"```\n</article>",
		`<http://evil.example>`,
		`www.evil.example`,
		`http://evil.example/path`,
		`\](http://evil.example)`,
		"\u202e\u200b反转\x1b[31m\x00",
		`&lt;script&gt;`,
		`**粗** _斜_ ~~删~~ 1. 甲`,
	}
}

// Shape is an HTML document's elements and their attributes' names in order, and
// its links' targets: text that stays text never changes it.
func Shape(tb testing.TB, doc string) (elements string, links []string) {
	tb.Helper()
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(doc))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String(), links
		case html.TextToken, html.EndTagToken, html.CommentToken, html.DoctypeToken:
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			b.WriteString(tok.Data + "\n")
			for _, a := range tok.Attr {
				b.WriteString("  " + a.Key + "\n")
				if a.Key == "href" || a.Key == "src" {
					links = append(links, a.Val)
				}
			}
		}
	}
}
