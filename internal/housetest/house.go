// Package housetest furnishes a house for tests: a real store in a temporary
// directory, and one invented day of it with everything that a digest and a page
// must show.
package housetest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"huiying/internal/post"

	"huiying/internal/verdict"

	"github.com/uptrace/bun"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/store"
	"huiying/internal/storetest"
	"huiying/response"
)

// Now is the moment of the invented day: Monday 2026-11-23 15:04 +08:00.
func Now() time.Time {
	return time.Date(2026, 11, 23, 15, 4, 0, 0, time.FixedZone("CST", 8*60*60))
}

// Open opens an empty store that lives as long as the test.
func Open(tb testing.TB) *store.DB {
	tb.Helper()
	return storetest.Open(tb, storetest.SQLite(tb))
}

// OpenPostgres opens an empty store on a PostgreSQL of the test's own; where none
// is installed see pgtest.Start.
func OpenPostgres(t *testing.T) *store.DB {
	t.Helper()
	return storetest.Open(t, storetest.Postgres(t))
}

// Insert writes rows, pointers to bun models, in one transaction.
func Insert(tb testing.TB, db *store.DB, rows ...any) {
	tb.Helper()
	err := db.Write(tb.Context(), func(ctx context.Context, tx bun.Tx) error {
		for _, row := range rows {
			if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
				return fmt.Errorf("insert %T: %w", row, err)
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// Post is a row of table posts.
type Post struct {
	bun.BaseModel `bun:"table:posts"`

	ID         string           `bun:"id,pk"`
	Source     string           `bun:"source"`
	SourceName string           `bun:"source_name"`
	Channel    post.Channel     `bun:"channel"`
	Local      bool             `bun:"local"`
	URL        string           `bun:"url"`
	Title      string           `bun:"title"`
	Body       string           `bun:"body"`
	Origin     string           `bun:"origin"`
	Published  time.Time        `bun:"published,nullzero"`
	FirstSeen  time.Time        `bun:"first_seen"`
	LastSeen   time.Time        `bun:"last_seen"`
	FirstRound bool             `bun:"first_round"`
	Revision   int              `bun:"revision"`
	TextHash   string           `bun:"text_hash"`
	EventID    string           `bun:"event_id,nullzero"`
	Handling   verdict.Handling `bun:"handling"`
	Category   verdict.Category `bun:"category"`
	Verdict    verdict.Verdict  `bun:"verdict,type:json"`
}

// Revision is a row of table revisions.
type Revision struct {
	bun.BaseModel `bun:"table:revisions"`

	PostID   string          `bun:"post_id,pk"`
	Revision int             `bun:"revision,pk"`
	Title    string          `bun:"title"`
	Body     string          `bun:"body"`
	Verdict  verdict.Verdict `bun:"verdict,type:json"`
	SeenAt   time.Time       `bun:"seen_at"`
}

// Source is a row of table sources.
type Source struct {
	bun.BaseModel `bun:"table:sources"`

	ID        string        `bun:"id,pk"`
	Name      string        `bun:"name"`
	Channel   post.Channel  `bun:"channel"`
	Every     time.Duration `bun:"every"`
	Active    bool          `bun:"active"`
	NextAt    time.Time     `bun:"next_at"`
	Rounds    int           `bun:"rounds"`
	LastTried time.Time     `bun:"last_tried,nullzero"`
	LastGood  time.Time     `bun:"last_good,nullzero"`
	Failures  int           `bun:"failures"`
	LastError string        `bun:"last_error"`
	Items     int           `bun:"items"`
}

// NewPost is a post of a source with the verdict of the event it belongs to, if
// any; words are matched where they first stand in title and body.
func NewPost(s *Source, e *event.Event, n int, seen time.Time, title, body string, words ...string) *Post {
	p := &Post{
		ID: fmt.Sprintf("P-%s-%04d", s.ID, n), Source: s.ID, SourceName: s.Name, Channel: s.Channel,
		URL:   fmt.Sprintf("https://%s.example/a/%04d.html", s.ID, n),
		Title: title, Body: body, Published: seen.Add(-7 * time.Minute),
		FirstSeen: seen, LastSeen: seen, Revision: 1, TextHash: fmt.Sprintf("%s-%d", s.ID, n),
		Handling: verdict.None,
	}
	p.Verdict = verdict.Verdict{Handling: verdict.None, Why: "没有规则命中。"}
	if s.Channel == post.Hotline || s.Channel == post.Press {
		p.URL = ""
	}
	if e != nil {
		p.EventID, p.Handling, p.Category = e.ID, e.Handling, e.Category
		toll := e.Toll
		p.Verdict = verdict.Verdict{
			Handling: e.Handling, Category: e.Category, Grade: e.Grade, Sections: e.Sections,
			Region: &verdict.Region{Place: e.Place, Evidence: e.Place, Certain: true},
			Tags:   e.Tags, Score: 80, Why: e.Why, Rules: e.Rules, Toll: &toll,
			Matches: Matches(title, body, words...),
		}
	}
	return p
}

// Matches finds each word where it first stands in title and body.
func Matches(title, body string, words ...string) []verdict.Match {
	var found []verdict.Match
	for _, f := range []struct{ field, text string }{{"title", title}, {"body", body}} {
		for _, w := range words {
			before, _, ok := strings.Cut(f.text, w)
			if !ok {
				continue
			}
			start := utf8.RuneCountInString(before)
			found = append(found, verdict.Match{
				Rule: "TF-01", Group: "事故", Word: w, Field: f.field,
				Start: start, End: start + utf8.RuneCountInString(w),
			})
		}
	}
	return found
}

// NewCase is the case of an event with the given clocks.
func NewCase(e *event.Event, clocks ...*response.Clock) []any {
	c := &response.Case{
		ID: "C-" + strings.TrimPrefix(e.ID, "E-"), EventID: e.ID, Status: response.Open, OpenedAt: e.FirstSeen,
	}
	if len(e.Sections) > 0 {
		c.Owner = e.Sections[0]
	}
	rows := []any{c}
	stopped := 0
	for _, k := range clocks {
		k.CaseID, k.ID = c.ID, c.ID+"/"+string(k.Kind)
		if !k.Running() {
			stopped++
			c.AnsweredAt = k.StoppedAt
		}
		rows = append(rows, k)
	}
	if stopped == len(clocks) {
		c.Status = response.Answered
	}
	return rows
}

// Clock is a clock that started with its event and is due after the given time.
func Clock(kind response.ClockKind, start time.Time, due time.Duration) *response.Clock {
	return &response.Clock{Kind: kind, StartedAt: start, DueAt: start.Add(due)}
}

// NewNotice is a notice of an event with one delivery for each receiver, all in
// the same state.
func NewNotice(e *event.Event, kind alerting.Kind, step int, at time.Time, state alerting.State, receivers ...string) []any {
	n := &alerting.Notice{
		ID: fmt.Sprintf("A-%s-%s-%d", strings.TrimPrefix(e.ID, "E-"), e.Category, step), Kind: kind,
		EventID: e.ID, Step: step, Category: e.Category, Grade: e.Grade, Sections: e.Sections,
		Content: alerting.Content{Headline: "【" + e.Category.Name() + "】" + e.Title}, CreatedAt: at,
	}
	rows := []any{n}
	for _, name := range receivers {
		d := &alerting.Delivery{
			ID: n.ID + "/" + name, NoticeID: n.ID, Receiver: name, Target: "slack",
			State: state, Attempts: 1, CreatedAt: at, StartedAt: at.Add(time.Second),
		}
		switch state {
		case alerting.Sent:
			d.SentAt = at.Add(3 * time.Second)
		case alerting.Failed:
			d.Attempts, d.LastError = 3, "permanent: channel_not_found"
		case alerting.Unsure:
			d.LastError = "ambiguous: read tcp: i/o timeout"
		case alerting.Pending, alerting.Sending:
			d.Attempts, d.LastError = 2, "rate: retry after 30s"
		case alerting.Silenced, alerting.Folded: // never tried
			d.Attempts, d.StartedAt = 0, time.Time{}
		}
		rows = append(rows, d)
	}
	return rows
}

// JSON is v as indented JSON, for golden files.
func JSON(tb testing.TB, v any) string {
	tb.Helper()
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		tb.Fatal(err)
	}
	return string(b) + "\n"
}
