package jsonfeed_test

import (
	"testing"

	"huiying/crawler"
	"huiying/crawler/jsonfeed"
	"huiying/internal/post"
)

func TestReach(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		o    jsonfeed.Options
		want post.Reach
	}{
		"weibo": {
			`{"data":{"cards":[{"mblog":{"id":"5","text":"县城停电","created_at":"刚刚","reposts_count":"1.2万","reads_count":34567}}]}}`,
			jsonfeed.Options{Preset: "weibo"},
			post.Reach{Reads: 34567, Shares: 12000},
		},
		"board":     {`{"list":[{"id":1,"title":"停暖","content":"三天了","views":88}]}`, jsonfeed.Options{Preset: "wenzheng"}, post.Reach{Reads: 88}},
		"not said":  {`{"list":[{"id":1,"title":"停暖","content":"三天了","views":null}]}`, jsonfeed.Options{Preset: "wenzheng"}, post.Reach{}},
		"own paths": {`{"list":[{"id":1,"title":"停暖","stat":{"pv":"9","zf":4}}]}`, jsonfeed.Options{Items: "list", Fields: jsonfeed.Fields{Title: "title", Reads: "stat.pv", Shares: "stat.zf"}}, post.Reach{Reads: 9, Shares: 4}},
	} {
		test.o.Source = crawler.Source{ID: "s", Channel: post.Weibo}
		posts, err := jsonfeed.ParseBytes([]byte(test.text), "application/json", "http://example.com/api/list", test.o, now())
		if err != nil || len(posts) != 1 || posts[0].Reach != test.want {
			t.Errorf("%s: %+v, %v, want %+v", name, posts, err, test.want)
		}
	}
}
