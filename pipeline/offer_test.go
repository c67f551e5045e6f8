package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/internal/post"
	"huiying/response"
)

// answer is a post of the bureau's own that repeats what it answers.
func answer(body string) post.Post {
	p := newPost("bureau", "https://bureau.example.invalid/a", body)
	p.SourceName, p.Title, p.Official, p.Channel = "本局网站", "关于沁源县某煤矿透水的情况通报", true, post.Portal
	return p
}

// TestOfficialPostsAreOfferedAsAnswers: they raise no alert; an open case is told
// once, in the alert's thread, and its clocks run on.
func TestOfficialPostsAreOfferedAsAnswers(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		h.process(t, newPost("a", "u/1", flood))
		h.pass(time.Hour)
		said := answer("网传“" + flood + "”，经核查属实，我局正全力处置。")
		out := h.process(t, said, newPost("b", "u/2", "今天天气不错"))
		if len(out) != 2 || out[0].Event != nil || len(out[0].Told) > 0 {
			t.Fatalf("an official post made an event: %+v", out)
		}
		c, offers := h.only(t)
		if len(offers) != 1 || offers[0].URL != said.URL || !strings.Contains(offers[0].Why, "转述") {
			t.Fatalf("offers %+v", offers)
		}
		if c.Status != response.Open || !c.Clocks[0].Running() {
			t.Errorf("a clock was stopped without a person: %+v", c)
		}
		notices, err := alerting.NoticesOf(t.Context(), h.db.Reader(), c.EventID)
		if err != nil || len(notices) != 2 || notices[1].Kind != alerting.KindAnswer {
			t.Fatalf("%+v %v", notices, err)
		}
		ds, err := alerting.DeliveriesOf(t.Context(), h.db.Reader(), []string{notices[1].ID})
		if err != nil || len(ds) != 2 || ds[0].Parent == "" {
			t.Errorf("told %+v %v", ds, err)
		}
		// Read again with other words, and unchanged: nothing new.
		said.Body += "后续情况将及时发布。"
		h.process(t, said)
		h.process(t, said)
		if _, offers := h.only(t); len(offers) != 1 {
			t.Errorf("offers %+v", offers)
		}
		notices, err = alerting.NoticesOf(t.Context(), h.db.Reader(), c.EventID)
		if err != nil || len(notices) != 2 {
			t.Errorf("%d notices %v", len(notices), err)
		}
	})
}

// TestAnswersReadBeforeTheirCase are offered when the case opens.
func TestAnswersReadBeforeTheirCase(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		h.process(t, answer("网传“"+flood+"”，经核查属实，我局正全力处置。"))
		h.pass(time.Hour)
		h.process(t, newPost("a", "u/1", flood), newPost("b", "u/2", "长治某小区停电"))
		if _, offers := h.only(t, "煤矿"); len(offers) != 1 {
			t.Errorf("offers %+v", offers)
		}
		if _, offers := h.only(t, "停电"); len(offers) != 0 {
			t.Errorf("offers %+v", offers)
		}
	})
}

// only is the open case whose event's title holds the words, with its offers.
func (h *fixture) only(t *testing.T, words ...string) (response.Case, []response.Offer) {
	t.Helper()
	cases, err := response.List(t.Context(), h.db.Reader(), response.Open)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		var title string
		if err := h.db.Reader().NewSelect().Table("events").Column("title").Where("id = ?", c.EventID).Scan(t.Context(), &title); err != nil {
			t.Fatal(err)
		}
		if len(words) > 0 && !strings.Contains(title, words[0]) {
			continue
		}
		offers, err := response.Offers(t.Context(), h.db.Reader(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		return c, offers
	}
	t.Fatal("no such case")
	return response.Case{}, nil
}
