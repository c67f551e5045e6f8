package pictures

import (
	"fmt"
	"html"
	"html/template"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"huiying/alerting"
)

// TestSummaryPictures is TestPictures of a summary, which lists what the line at a
// channel was too long for.
func TestSummaryPictures(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 19, 12, 0, 0, time.UTC)
	m := alerting.Message{
		DeliveryID: "Z-20261124-K7QF2M/局办公室", NoticeID: "Z-20261124-K7QF2M", Kind: alerting.KindSummary, Receiver: "局办公室", At: at,
		Content: alerting.Content{
			Headline: "【汇总】5件事项合并发送（较大1件）",
			Summary:  "消息太多，逐条发送来不及，以下事项合并为一条。重大以上的不合并，单独发送。",
		},
	}
	categories := []string{"emergency", "emergency", "interest", "interest", "misread"}
	for i, headline := range []string{
		"【突发事件·较大】襄垣县某化工厂储罐泄漏，3人送医", "【突发事件·一般】潞州区一充电站起火，无人员伤亡",
		"【切身利益】上党区某小区停暖三天，居民反映无人处理", "【切身利益】长治高新区大面积停电，何时恢复没有说法", "【政策误读】网传长治明年起按户收取燃气安检费",
	} {
		id := fmt.Sprintf("E-20261124-%08x", 0x3f9a1c00+i*7919)
		m.Content.Items = append(m.Content.Items, alerting.Item{
			Delivery: "A-" + id + "-" + categories[i] + "-1/局办公室", Notice: "A-" + id + "-" + categories[i] + "-1", Headline: headline, At: at.Add(time.Duration(i-6) * 7 * time.Second),
			Page: "https://huiying.example.invalid/events/" + id, Ack: "https://ack.example.invalid/a/token",
		})
	}
	for name, draw := range map[string]func(*testing.T, alerting.Message) template.HTML{
		"slack": drawSlack, "wecom": drawWeCom, "dingtalk": drawDingTalk, "feishu": drawFeishu, "email": drawMail,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := string(frame(t, name, draw(t, m)))
			seen := html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, ""))
			wants := []string{"【汇总】5件事项", "重大以上的不合并", "1. 03:11 【突发事件·较大】襄垣县", "认领", "事件页"}
			for _, it := range m.Content.Items {
				wants = append(wants, it.Notice)
			}
			for _, want := range wants {
				if !strings.Contains(seen, want) {
					t.Errorf("%q is missing in %s", want, seen)
				}
			}
			if *into != "" {
				shoot(t, page, filepath.Join(*into, "summary-"+name+".png"))
			}
		})
	}
}
