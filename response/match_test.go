package response_test

import (
	"strings"
	"testing"
	"time"

	"huiying/event"
	"huiying/event/similar"
	"huiying/internal/verdict"
	"huiying/response"
)

func ruled(place, district, rule string, words ...string) verdict.Verdict {
	v := verdict.Verdict{}
	if place != "" {
		v.Region = &verdict.Region{Place: place, District: district, Certain: true}
	}
	for _, w := range words {
		v.Matches = append(v.Matches, verdict.Match{Rule: rule, Word: w})
	}
	return v
}

func TestMatch(t *testing.T) {
	t.Parallel()
	reduce := similar.NewReducer()
	m := response.Matcher{Bureau: "长治市能源局", Reduce: reduce}
	const asked = "潞州区英雄中路某小区从11月20日起停暖三天，热力公司电话打不通，老人孩子冻得受不了。"
	heat := ruled("潞州区", "潞州区", "MS-03", "停暖", "热力公司", "受不了")
	city := ruled("长治", "", "MS-07", "油价", "加油站")
	for name, tc := range map[string]struct {
		text, url string
		verdict   verdict.Verdict // of the statement
		body      string          // of the post
		said      verdict.Verdict
		place     string // of the event
		published time.Time
		want      string
	}{
		"same place and rule": {
			text: "关于英雄中路片区供热恢复情况的通报 潞州区部分小区停暖，系管网泄漏，已修复。", verdict: ruled("潞州区", "", "MS-03", "供热"),
			body: asked, said: heat, place: "潞州区", want: "同一地点：潞州区；相同的词：停暖；同类事项：MS-03",
		},
		"same place and two words": {
			text: "上党区停暖问题，热力公司已连夜抢修", body: "上党区停暖，热力公司不接电话", said: ruled("上党区", "", "MS-03", "停暖", "热力公司"), place: "上党区",
			want: "同一地点：上党区；相同的词：停暖、热力公司",
		},
		"old name of the place": {
			text: "屯留停暖情况说明", verdict: ruled("屯留", "屯留区", "MS-03", "停暖"), body: "屯留县停暖", said: ruled("屯留县", "屯留区", "MS-03", "停暖"), place: "屯留县",
			want: "同一地点：屯留",
		},
		"other district": {
			text: "关于沁源县供热的通报 停暖小区已恢复，热力公司致歉", verdict: ruled("沁源", "", "MS-03", "停暖"), body: asked, said: heat, place: "潞州区",
		},
		"same place, other matter": {
			text: "潞州区加油站专项检查", verdict: ruled("潞州区", "", "MS-07", "加油站"), body: asked, said: heat, place: "潞州区",
		},
		"same place, one word of another rule": {
			text: "潞州区热力公司举行职工运动会", body: asked, said: heat, place: "潞州区",
		},
		"same place, one word inside another": {
			text: "潞州区热力公司举行职工运动会", body: asked, said: ruled("潞州区", "", "MS-03", "热力公司", "热力"), place: "潞州区",
		},
		"the city alone, little in common": {
			text: "长治市成品油价格政策解读", verdict: ruled("长治", "", "MS-07", "油价"), body: "长治油价为什么贵，加油站不让加", said: city, place: "长治",
		},
		"the city alone, much in common": {
			text: "关于长治市油价的说明 各加油站执行全省统一价", verdict: ruled("长治", "", "MS-07", "油价"), body: "长治油价为什么贵，加油站不让加", said: city, place: "长治",
			want: "同一地点：长治；相同的词：油价、加油站；同类事项：MS-07",
		},
		"quotes it": {
			text: "网民留言：" + asked + "我局答复：已恢复供热。", body: asked, said: verdict.Verdict{}, want: "文中转述了原帖（100% 相同）",
		},
		"quotes too little": {text: "停电了怎么办，请拨打热线", body: "停电了怎么办", said: verdict.Verdict{}},
		"names its address": {
			text: "对 http://ask.example.invalid/t/7 所反映问题的答复", url: "https://ask.example.invalid/t/7", body: asked, said: heat, want: "文中给出了原帖的链接",
		},
		"names the site only": {text: "网络问政 ask.example.invalid 上线", url: "https://ask.example.invalid/", body: asked, said: heat},
		"written before the matter": {
			text: "潞州区停暖通知", verdict: ruled("潞州区", "", "MS-03", "停暖"), body: asked, said: heat, place: "潞州区", published: start.Add(-30 * time.Hour),
		},
		"written the same day": {
			text: "潞州区停暖通知", verdict: ruled("潞州区", "", "MS-03", "停暖"), body: asked, said: heat, place: "潞州区", published: start.Add(-9 * time.Hour),
			want: "同一地点：潞州区",
		},
		"empty": {body: asked, said: heat, place: "潞州区"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := response.Statement{Raw: tc.text, Text: reduce.Reduce("", tc.text), Verdict: tc.verdict, Published: tc.published}
			e := event.Event{ID: "E-1", Place: tc.place, FirstSeen: start}
			got := m.Match(s, e, []response.Utterance{{URL: tc.url, Text: reduce.Reduce("", tc.body), Verdict: tc.said}})
			if tc.want == "" && got != "" || !strings.HasPrefix(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	o := response.OfferOf("C-1", "P-1")
	o.URL = "https://b.example.invalid/a'$(reboot)?x=1&y=2"
	if got := o.Confirm(); got != "huiying case answer C-1 --url 'https://b.example.invalid/a%27$(reboot)?x=1&y=2'" {
		t.Error(got)
	}
}
