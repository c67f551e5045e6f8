package sitetext_test

import (
	"strings"
	"testing"
	"time"

	"huiying/crawler/sitetext"
)

func TestPlainText(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, in, want string }{
		{"plain", "长治停电", "长治停电"},
		{"plain keeps its lines", "第一段\r\n\r\n  第二段 ", "第一段\n第二段"},
		{"paragraphs", "<p>第一段</p><p>第二段<br/>第三行</p>", "第一段\n第二段\n第三行"},
		{"entities", "a&nbsp;b &lt;停电&gt; &#x957F;", "a b <停电> 长"},
		{"script and style", "<style>a{}</style>前<script>var 停电=1;</script>后", "前后"},
		{"comparison is no tag", "温度<5度 a < b", "温度<5度 a < b"},
		{"layout breaks no word", "<div>长治\n市停电 in\nthe city</div>", "长治市停电 in the city"},
		{"links and faces", `停<a href="x">电</a>了<span class="url-icon"><img alt=[泪] src="x"></span>`, "停电了"},
		{"control characters", "停\x00\x1b[31m电\x07\ufeff", "停[31m电"},
		{"bad UTF-8", "停\xff电", "停\ufffd电"},
		{"wide blanks", "　　停电　通知", "停电 通知"},
		{"comment", "停<!-- x -->电", "停电"},
		{"deep", strings.Repeat("<div>", 600) + "瓦斯爆炸" + strings.Repeat("</div>", 600), "瓦斯爆炸"},
		{"empty", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := sitetext.PlainText(tc.in); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
	if got := sitetext.OneLine("<b>停电</b>\n 通知 "); got != "停电 通知" {
		t.Errorf("one line: %q", got)
	}
}

func TestPlainTextIsLinear(t *testing.T) {
	t.Parallel()
	began := time.Now()
	if got := sitetext.PlainText(strings.Repeat("<b>", 1<<20) + "停电"); got != "停电" {
		t.Errorf("got %.40q", got)
	}
	if d := time.Since(began); d > 10*time.Second {
		t.Errorf("took %s", d)
	}
}
