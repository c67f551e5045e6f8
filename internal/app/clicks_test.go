package app

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/configs"
	"huiying/internal/post"
	"huiying/internal/robottest"
	"huiying/internal/rulebook"
	"huiying/internal/slacktest"
	"huiying/response"
)

// TestPeopleAct follows one alert from the press of a button in Slack, by Socket
// Mode, and from the link in a robot's message, to the case and the word that
// everyone gets.
func TestPeopleAct(t *testing.T) {
	t.Parallel()
	server := slacktest.Start(t, slacktest.Options{})
	socket := slacktest.StartSocket(t, server)
	group := robottest.Start(t, robottest.WeCom, robottest.Options{})
	config, rules, err := rulebook.Default()
	if err != nil {
		t.Fatal(err)
	}
	config.Sources = nil
	config.Chat.Targets = []configs.Target{
		{
			Name: "值班", Kind: "slack", Channel: slacktest.Channel, Token: configs.NewSecret(slacktest.Token), APIURL: server.URL(),
			AppToken: configs.NewSecret(slacktest.AppToken), PerMessage: time.Millisecond,
		},
		{Name: "控制台", Kind: "wecom", Webhook: configs.NewSecret(group.URL()), PerMessage: time.Millisecond},
	}
	config.Organisation.Office.Target = "值班"
	config.Ack = configs.Ack{Addr: "127.0.0.1:0", PublicURL: "https://ack.example.invalid", TTL: time.Hour}
	config.Web.Addr = "127.0.0.1:0"
	a, err := New(t.Context(), Options{Config: config, Rules: rules, Data: t.TempDir(), Poll: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.Serve(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Stop(t.Context()) })
	if err := a.pipe.Emit(t.Context(), []post.Post{{
		ID: "P-1", Source: "a", SourceName: "热线", Channel: post.Hotline, Local: true, Title: "沁源县某煤矿透水4人被困",
		Published: time.Now(),
	}}); err != nil {
		t.Fatal(err)
	}
	wait := func(what string, ok func() bool) {
		t.Helper()
		for deadline := time.Now().Add(30 * time.Second); !ok(); <-time.After(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: not within 30 s", what)
			}
		}
	}
	delivery := ""
	wait("the office's alert", func() bool {
		for _, m := range server.Messages() {
			if strings.HasSuffix(m.Delivery, "/局办公室") && strings.Contains(string(m.Blocks), "huiying|") {
				delivery = m.Delivery
			}
		}
		return delivery != ""
	})
	cases := func() response.Case {
		all, err := response.List(t.Context(), a.db.Reader(), "")
		if err != nil || len(all) != 1 {
			t.Fatalf("%d cases, err %v", len(all), err)
		}
		return all[0]
	}
	press := func(envelope, action, to string) {
		t.Helper()
		payload, err := json.Marshal(map[string]any{"type": "block_actions", "actions": []any{map[string]any{
			"block_id": "huiying|" + delivery, "action_id": action, "selected_option": map[string]any{"value": to},
		}}})
		if err != nil {
			t.Fatal(err)
		}
		if !socket.Press(envelope, payload) {
			t.Fatal("the click was not acknowledged")
		}
	}
	press("1", "handover", "油气科")
	if c := cases(); c.Owner != "油气科" {
		t.Errorf("handed over to 油气科, owned by %s", c.Owner)
	}
	press("2", "take", "")

	link := regexp.MustCompile(`https://ack\.example\.invalid(/a/[\w-]+)`)
	path := ""
	wait("a link in the group", func() bool {
		for _, m := range group.Messages() {
			if found := link.FindSubmatch(m.Body); found != nil {
				path = string(found[1])
			}
		}
		return path != ""
	})
	resp, err := http.PostForm("http://"+a.AckAddr().String()+path, url.Values{
		"act": {"answered"}, "section": {"油气科"}, "url": {"https://bureau.example.invalid/notice/1"},
	})
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("the page answered %v, err %v", resp, err)
	}
	_ = resp.Body.Close()
	c := cases()
	if i := slices.IndexFunc(c.Clocks, (*response.Clock).Running); c.Status != response.Answered || i >= 0 {
		t.Errorf("case %+v after 已回应", c)
	}
	acks, err := alerting.AcksOf(t.Context(), a.db.Reader(), c.EventID)
	if err != nil || len(acks) != 3 {
		t.Errorf("%d acts recorded, err %v, want 3", len(acks), err)
	}
	for _, a := range acks {
		if a.Via != "slack" && a.Via != "link" {
			t.Errorf("act %+v", a)
		}
	}
	for _, want := range []string{"局办公室转油气科办理", "局办公室已认领", "油气科登记已回应"} {
		wait(want, func() bool {
			return slices.ContainsFunc(server.Messages(), func(m slacktest.Message) bool { return strings.Contains(m.Text, want) })
		})
	}
}
