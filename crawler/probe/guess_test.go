package probe

import (
	"testing"

	"huiying/internal/post"
)

func TestGuessChannel(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		clues []string
		want  post.Channel
	}{
		"the folder goes before the name": {[]string{"微博", "某某日报", "https://www.example.com/rss"}, post.Weibo},
		"the name goes before the host":   {[]string{"局长信箱", "www.example.gov.cn"}, post.QA},
		"the host where the name is mute": {[]string{"要闻", "www.example.gov.cn"}, post.Portal},
		"12345":                           {[]string{"某市12345", "www.example.com"}, post.Hotline},
		"a paper's pages":                 {[]string{"第01版", "paper.example.com"}, post.Press},
		"a newspaper's host is no paper.": {[]string{"要闻", "newspaper.example.com"}, post.News},
		"a bureau's name":                 {[]string{"某市应急管理局", "example.com"}, post.Portal},
		"nothing is known":                {[]string{"", ""}, post.News},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := GuessChannel(c.clues...); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestIDOf(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"www.Example.com": "example", "nyj.example.gov.cn": "nyj-example-gov", "127.0.0.1": "127-0-0-1",
		"新闻网.cn": "new-source", "": "new-source",
	} {
		if got := SourceID(host); got != want {
			t.Errorf("%s: got %s, want %s", host, got, want)
		}
	}
}
