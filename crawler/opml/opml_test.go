package opml_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"huiying/crawler/opml"
)

const list = `<?xml version="1.0" encoding="ENCODING"?>
<opml version="2.0"><head><title>订阅</title></head><body>
<outline text="微博"><outline text="夹层">
  <outline type="rss" text="x" title="本地&#x8bdd;题&nbsp;甲" xmlUrl=" https://bridge.example.invalid/weibo/1?a=1&amp;b=2 " htmlUrl="https://s.example.invalid/1"/>
</outline></outline>
<outline text="新闻" title=""><outline text="某报" xmlurl="https://n.example.invalid/rss"></outline><outline text="空"/></outline>
<outline xmlUrl="javascript:alert(1)"/>
</body></opml>`

func TestRead(t *testing.T) {
	t.Parallel()
	want := []opml.Feed{
		{Title: "本地话题 甲", URL: "https://bridge.example.invalid/weibo/1?a=1&b=2", Site: "https://s.example.invalid/1", Folders: []string{"微博", "夹层"}},
		{Title: "某报", URL: "https://n.example.invalid/rss", Folders: []string{"新闻"}},
		{URL: "javascript:alert(1)"},
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(strings.Replace(list, "ENCODING", "gb2312", 1))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"UTF-8": "\ufeff" + strings.Replace(list, "ENCODING", "UTF-8", 1), "GBK": gbk} {
		got, err := opml.Read(strings.NewReader(text))
		if err != nil {
			t.Fatal(name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ in, want string }{
		"empty":     {"", "空的"},
		"HTML":      {"<html><body>登录</body></html>", "不是 OPML"},
		"cut off":   {"<opml><body><outline text='a'", "不是完好的 XML"},
		"large":     {"<opml>" + strings.Repeat(" ", 2<<20), "2 MB"},
		"deep":      {"<opml>" + strings.Repeat("<outline text='a'>", 50_000), "32 层"},
		"many":      {"<opml>" + strings.Repeat("<outline xmlUrl='h'/>", 5001), "5000 个"},
		"billion":   {`<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><opml><outline text="&b;" xmlUrl="h"/></opml>`, ""},
		"nul":       {"\x00\x00\x00", "不是完好的 XML"},
		"deep else": {"<opml>" + strings.Repeat("<a>", 50_000), "32 层"},
		"elsewhere": {`<!DOCTYPE o SYSTEM "http://127.0.0.1:1/x"><opml></opml>`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			feeds, err := opml.Read(strings.NewReader(tc.in))
			if tc.want == "" {
				if err != nil || len(fmt.Sprint(feeds)) > 100 {
					t.Errorf("%v %v", feeds, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}
