package pictures

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"flag"
	"html"
	"html/template"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/alerting/dingtalk"
	"huiying/alerting/email"
	"huiying/alerting/feishu"
	"huiying/alerting/slack"
	"huiying/alerting/wecom"
	"huiying/classifier"
	"huiying/classifier/jieba"
	"huiying/event"
	"huiying/internal/post"
	"huiying/internal/robottest"
	"huiying/internal/rulebook"
	"huiying/internal/slacktest"
	"huiying/internal/verdict"
	"huiying/internal/zh"
	"huiying/response"
)

var (
	into    = flag.String("pictures.into", "", "write the pictures to this directory")
	browser = flag.String("pictures.browser", "chromium-headless-shell", "the browser that draws them")
)

// width is a phone's, in CSS pixels; the pictures have twice as many.
const width = 390

// TestPictures lets each sender post one alert to its fake, lays out the very
// payload as the platform's app does, and holds the page to what a duty officer must
// read. With -pictures.into the pages become PNGs.
func TestPictures(t *testing.T) {
	t.Parallel()
	m := message(t)
	wants := []string{
		"【突发事件·较大】", "透水", // title and grade
		"TF-01",       // why it matched
		"答复公众", "剩 4", // clock
		"沁源", "煤炭科", // place and who
		"3条帖子，2个来源",   // spread
		"原文摘录：", "认领", // text, link, button
		"news.example.invalid",
	}
	for name, draw := range map[string]func(*testing.T, alerting.Message) template.HTML{
		"slack": drawSlack, "wecom": drawWeCom, "dingtalk": drawDingTalk, "feishu": drawFeishu, "email": drawMail,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := string(frame(t, name, draw(t, m)))
			seen := html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, ""))
			for _, want := range wants {
				if !strings.Contains(seen, want) {
					t.Errorf("%q is missing in %s", want, seen)
				}
			}
			if *into != "" {
				shoot(t, page, filepath.Join(*into, name+".png"))
			}
		})
	}
}

// message is the alert of an invented accident, judged by the shipped rules.
func message(t *testing.T) alerting.Message {
	t.Helper()
	_, shipped, err := rulebook.Default()
	if err != nil {
		t.Fatal(err)
	}
	set := rulebook.RuleSet(shipped)
	seg, err := jieba.New(classifier.UserWords(set))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(seg.Close)
	judge, err := classifier.New(set, seg)
	if err != nil {
		t.Fatal(err)
	}
	// The time is fixed, so that pictures differ only where what they show does.
	now := time.Date(2026, 11, 23, 1, 12, 30, 0, time.UTC)
	post := post.Post{
		ID: post.NewID("news", "1"), SourceName: "某新闻网", Channel: post.News, URL: "https://news.example.invalid/2026/1123/1.html",
		Title: "沁源县某煤矿发生透水事故 5人被困", FirstSeen: now.Add(-20 * time.Minute), Published: now.Add(-50 * time.Minute),
		Body: "今天凌晨3时许，沁源县某煤矿发生透水事故，初步核实井下5人被困。当地已启动应急响应，救援力量正在赶赴现场，事故原因有待调查。",
	}
	v := judge.Classify(post)
	e, _ := event.Open(event.Sighting{Post: post, Verdict: v, Seen: post.FirstSeen})
	if v.Handling != verdict.Alert || v.Grade != verdict.Large {
		t.Fatalf("the shipped rules say %s %s: %s", v.Handling, v.Grade, v.Why)
	}
	e.Posts, e.Sources, e.Step = 3, 2, 1
	matter := alerting.Matter{
		Event: e, Verdict: v, Page: "https://huiying.example.invalid/events/" + e.ID,
		Post: alerting.Source{Title: post.Title, Body: post.Body, Name: post.SourceName, URL: post.URL, Channel: post.Channel.Name()},
	}
	_, clocks := response.Policy{}.WithDefaults().For(e, nil, post.FirstSeen)
	for _, c := range clocks {
		matter.Clocks = append(matter.Clocks, alerting.Field{
			Name: c.Kind.Name(), Value: zh.ShortStamp(c.DueAt) + "，" + c.Words(now),
		})
	}
	n := matter.Notice(now)
	return alerting.Message{
		DeliveryID: n.ID + "/煤炭科", NoticeID: n.ID, Kind: n.Kind, Receiver: "煤炭科", Category: n.Category, Grade: n.Grade,
		Content: matter.Alert(), Ack: "https://ack.example.invalid/a/token", At: now,
	}
}

func send(t *testing.T, s alerting.Sender, err error, m alerting.Message) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

// posted is what a robot was sent, read into out.
func posted(t *testing.T, s *robottest.Server, out any) {
	t.Helper()
	ms := s.Messages()
	if len(ms) != 1 {
		t.Fatalf("%d messages", len(ms))
	}
	if err := json.Unmarshal(ms[0].Body, out); err != nil {
		t.Fatal(err)
	}
}

func drawSlack(t *testing.T, m alerting.Message) template.HTML {
	t.Helper()
	s := slacktest.Start(t, slacktest.Options{})
	sender, err := slack.New(slack.Options{
		Token: slacktest.Token, Channel: slacktest.Channel, APIURL: s.URL(), Buttons: true, Sections: []string{"煤炭科", "电力科"},
	})
	m.Ack = "" // its buttons do
	send(t, sender, err, m)
	type text struct{ Type, Text string }
	var blocks []struct {
		Type      string
		Text      *text
		Fields    []text
		Accessory *struct{ Text text }
		Elements  []struct {
			Type, Style string
			Text        json.RawMessage
			Placeholder *text
		}
	}
	if err := json.Unmarshal(s.Messages()[0].Blocks, &blocks); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, block := range blocks {
		switch block.Type {
		case "header":
			b.WriteString(`<h3>` + plain(block.Text.Text) + `</h3>`)
		case "section":
			if block.Text != nil && block.Text.Type == "mrkdwn" {
				b.WriteString(`<p>` + mrkdwn(block.Text.Text) + `</p>`)
			} else if block.Text != nil {
				b.WriteString(`<p>` + plain(block.Text.Text) + `</p>`)
			}
			if block.Accessory != nil {
				b.WriteString(`<div class="actions"><span>` + plain(block.Accessory.Text.Text) + `</span></div>`)
			}
			for _, f := range block.Fields {
				b.WriteString(`<div class="f">` + plain(f.Text) + `</div>`)
			}
		case "context", "actions":
			b.WriteString(`<div class="` + block.Type + `">`)
			for _, e := range block.Elements {
				label := string(e.Text)
				var rich text
				switch {
				case e.Type == "mrkdwn" && json.Unmarshal(e.Text, &label) == nil:
					b.WriteString(`<span>` + mrkdwn(label) + `</span>`)
					continue
				case json.Unmarshal(e.Text, &rich) == nil:
					label = rich.Text
				case json.Unmarshal(e.Text, &label) == nil:
				case e.Placeholder != nil:
					label = e.Placeholder.Text + " ▾"
				}
				b.WriteString(`<span class="` + html.EscapeString(e.Style) + `">` + plain(label) + `</span>`)
			}
			b.WriteString(`</div>`)
		default:
			t.Errorf("a block that nobody draws: %s", block.Type)
		}
	}
	return template.HTML(b.String())
}

func drawWeCom(t *testing.T, m alerting.Message) template.HTML {
	t.Helper()
	s := robottest.Start(t, robottest.WeCom, robottest.Options{})
	sender, err := wecom.New(wecom.Options{Webhook: s.URL()})
	send(t, sender, err, m)
	var got struct{ Markdown struct{ Content string } }
	posted(t, s, &got)
	return markdown(got.Markdown.Content)
}

func drawDingTalk(t *testing.T, m alerting.Message) template.HTML {
	t.Helper()
	s := robottest.Start(t, robottest.DingTalk, robottest.Options{})
	sender, err := dingtalk.New(dingtalk.Options{Webhook: s.URL(), Secret: robottest.Secret})
	send(t, sender, err, m)
	var got struct {
		Markdown   struct{ Text string } // without links of its own
		ActionCard struct {
			Text string
			Btns []struct{ Title string }
		}
	}
	posted(t, s, &got)
	out := string(markdown(got.Markdown.Text+got.ActionCard.Text)) + `<div class="rows">`
	for _, b := range got.ActionCard.Btns {
		out += `<span>` + plain(b.Title) + `</span>`
	}
	return template.HTML(out + `</div>`)
}

func drawFeishu(t *testing.T, m alerting.Message) template.HTML {
	t.Helper()
	s := robottest.Start(t, robottest.Feishu, robottest.Options{})
	sender, err := feishu.New(feishu.Options{Webhook: s.URL(), Secret: robottest.Secret})
	send(t, sender, err, m)
	type text struct{ Content string }
	var got struct {
		Card struct {
			Header struct {
				Template string
				Title    text
			}
			Elements []struct {
				Tag      string
				Text     text
				Elements []text
				Actions  []struct {
					Text text
					Type string
				}
			}
		}
	}
	posted(t, s, &got)
	out := `<h3 class="` + html.EscapeString(got.Card.Header.Template) + `">` + plain(got.Card.Header.Title.Content) + `</h3>`
	for _, e := range got.Card.Elements {
		switch e.Tag {
		case "note":
			out += `<div class="note">` + plain(e.Elements[0].Content) + `</div>`
		case "div":
			out += `<p>` + plain(e.Text.Content) + `</p>`
		case "action":
			out += `<div class="actions">`
			for _, a := range e.Actions {
				out += `<span class="` + html.EscapeString(a.Type) + `">` + plain(a.Text.Content) + `</span>`
			}
			out += `</div>`
		default:
			t.Errorf("an element that nobody draws: %s", e.Tag)
		}
	}
	return template.HTML(out)
}

func drawMail(t *testing.T, m alerting.Message) template.HTML {
	t.Helper()
	s := robottest.StartMail(t)
	host, port := s.Addr()
	sender, err := email.New(email.Options{
		Host: host, Port: port, User: "huiying", Password: robottest.Secret, From: "huiying@example.invalid", To: []string{"duty@example.invalid"},
		TLS: &tls.Config{RootCAs: s.Roots, ServerName: host, MinVersion: tls.VersionTLS12},
	})
	send(t, sender, err, m)
	return mailHTML(t, s.Mails()[0])
}

// shoot draws a page as high as it is.
func shoot(t *testing.T, page, path string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) []byte {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		args = append([]string{"--no-sandbox", "--hide-scrollbars", "--force-device-scale-factor=2"}, args...)
		cmd := exec.CommandContext(ctx, *browser, append(args, "file://"+file)...)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v: %s", *browser, err, errs.String())
		}
		return out
	}
	dom := run("--dump-dom", "--window-size="+strconv.Itoa(width)+",400")
	found := regexp.MustCompile(`data-height="(\d+)"`).FindSubmatch(dom)
	if found == nil {
		t.Fatalf("the page does not say how high it is: %.300s", dom)
	}
	shot := filepath.Join(t.TempDir(), "shot.png")
	run("--screenshot="+shot, "--window-size="+strconv.Itoa(width)+","+string(found[1]))
	squeeze(t, shot, path)
}
