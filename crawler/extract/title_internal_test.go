package extract

import "testing"

func TestCutSuffix(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"供热管线抢修完成_本地要闻_某某新闻网":    "供热管线抢修完成",
		"供热管线抢修完成 - 某某日报":        "供热管线抢修完成",
		"供热管线抢修完成--文化--某某网":      "供热管线抢修完成",
		"供热管线抢修完成|某某网":           "供热管线抢修完成",
		"一问一答-停暖怎么办-某某市人民政府门户网站": "一问一答-停暖怎么办",
		"5G-A基站建成": "5G-A基站建成",
		"通报_网":     "通报_网",
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			if got := cutSuffix(title); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
