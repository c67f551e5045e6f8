package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"time"

	"huiying/alerting"
	"huiying/configs"
	"huiying/digest"
	"huiying/event"
	"huiying/internal/app"
	"huiying/internal/demo"
	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/internal/zh"
	"huiying/response"
)

// demoResult is what `huiying demo --once` prints: what the database holds in the
// end, and the alerts and updates of this run.
type demoResult struct {
	Posts      map[string]int `json:"posts"`      // by channel
	Verdicts   map[string]int `json:"verdicts"`   // by handling
	Categories map[string]int `json:"categories"` // of posts under 告警 or 复核
	Events     int64          `json:"events"`
	Alerts     []demoAlert    `json:"alerts"`
	Cases      []demoCase     `json:"cases"`
	Digest     string         `json:"digest"`
}

type demoAlert struct {
	ID        string   `json:"id"`
	Kind      string   `json:"kind"`
	Event     string   `json:"event"`
	Category  string   `json:"category"`
	Grade     string   `json:"grade"`
	Receivers []string `json:"receivers"`
}

// demoCase is one clock of a case.
type demoCase struct {
	ID    string    `json:"id"`
	Clock string    `json:"clock"`
	Due   time.Time `json:"due"`
}

func collectResult(ctx context.Context, db store.Conn, since time.Time) (demoResult, error) {
	r := demoResult{Posts: map[string]int{}, Verdicts: map[string]int{}, Categories: map[string]int{}, Alerts: []demoAlert{}, Cases: []demoCase{}}
	tallies, err := post.TallyOf(ctx, db, time.Time{}, time.Time{})
	if err != nil {
		return r, err
	}
	for _, t := range tallies {
		r.Posts[string(t.Channel)] += t.N
		r.Verdicts[string(t.Handling)] += t.N
		if t.Handling != verdict.None {
			r.Categories[string(t.Category)] += t.N
		}
	}
	if r.Events, err = event.Count(ctx, db); err != nil {
		return r, err
	}
	ns, err := alerting.NoticesSince(ctx, db, since, alerting.KindAlert, alerting.KindUpdate)
	if err != nil {
		return r, err
	}
	for _, n := range ns {
		ds, err := alerting.DeliveriesOf(ctx, db, []string{n.ID})
		if err != nil {
			return r, err
		}
		a := demoAlert{ID: n.ID, Kind: string(n.Kind), Event: n.EventID, Category: string(n.Category), Grade: string(n.Grade), Receivers: []string{}}
		for _, d := range ds {
			a.Receivers = append(a.Receivers, d.Receiver)
		}
		r.Alerts = append(r.Alerts, a)
	}
	cases, err := response.List(ctx, db, "")
	if err != nil {
		return r, err
	}
	for _, c := range cases {
		for _, k := range c.Clocks {
			r.Cases = append(r.Cases, demoCase{ID: c.ID, Clock: string(k.Kind), Due: k.DueAt.In(zh.Beijing())})
		}
	}
	return r, nil
}

func (r demoResult) summary() demo.Summary {
	s := demo.Summary{Handling: map[verdict.Handling]int{}, Events: int(r.Events), Digest: r.Digest}
	for _, n := range r.Posts {
		s.Posts += n
	}
	for h, n := range r.Verdicts {
		s.Handling[verdict.Handling(h)] = n
	}
	for _, a := range r.Alerts {
		if a.Kind == string(alerting.KindAlert) {
			s.Alerts++
		} else {
			s.Updates++
		}
	}
	ids := map[string]bool{}
	for _, c := range r.Cases {
		ids[c.ID] = true
	}
	s.Cases = len(ids)
	return s
}

// writeDigest writes the digest of the day of now as HTML and Markdown into dir,
// and returns the path of the HTML file.
func writeDigest(ctx context.Context, db *store.DB, c *configs.Config, dir string, now time.Time) (string, error) {
	day := now.In(zh.Beijing()).Format(time.DateOnly)
	r, err := app.DigestOf(ctx, db, c, day, now)
	if err != nil {
		return "", err
	}
	var page, text bytes.Buffer
	if err := digest.HTML(&page, r); err != nil {
		return "", err
	}
	if err := digest.Markdown(&text, r); err != nil {
		return "", err
	}
	path, err := filepath.Abs(filepath.Join(dir, "digest-"+day+".html"))
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(path, page.Bytes(), 0o600); err != nil {
		return "", err
	}
	return path, os.WriteFile(path[:len(path)-len("html")]+"md", text.Bytes(), 0o600)
}
