package rulebook

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/store/views"
	"huiying/internal/verdict"
)

// judgementRow is what a person said of an event or of one post.
type judgementRow struct {
	bun.BaseModel `bun:"table:judgements"`

	Subject string    `bun:"subject,pk"`
	Judged  Judgement `bun:"judged"`
	Note    string    `bun:"note"`
	Judge   string    `bun:"judge"`
	At      time.Time `bun:"at"`
}

// Judged is one judgement to record. By is the role of who judged, never a name.
type Judged struct {
	Judgement Judgement
	Note, By  string
	At        time.Time
}

// ErrNoSubject says that no event, alert, case or post has the id.
var ErrNoSubject = errors.New("nothing of that id is stored")

// Found is what an id that a person copied from an alert or a page stands for: an
// event, or one post.
type Found struct {
	// ID is what a judgement is recorded of: the event's id, or the post's.
	ID string
	// Event says that it is an event.
	Event bool
	Title string
	// Post is the post itself, or the first that alerted the event; Rules are the
	// rules its verdict rests on.
	Post  post.Post
	Rules []string
}

// Find looks an id up: of an event, of an alert or case of one, or of a post, which
// may also be named by its address.
func Find(ctx context.Context, db store.Conn, id string) (Found, error) {
	event, title, err := views.EventNamed(ctx, db, id)
	if err != nil {
		return Found{}, err
	}
	f := Found{ID: event, Event: event != "", Title: title}
	var p *post.Stored
	if f.Event {
		p, err = post.GravestOf(ctx, db, event)
	} else {
		p, err = post.Find(ctx, db, id)
	}
	if errors.Is(err, post.ErrNotFound) {
		return f, fmt.Errorf("%w: %s", ErrNoSubject, id)
	}
	if err != nil {
		return f, fmt.Errorf("find %s: %w", id, err)
	}
	f.Post = p.Post
	if !f.Event {
		f.ID, f.Title = p.ID, p.Title
	}
	if f.Title == "" {
		f.Title = p.Body
	}
	for _, m := range p.Verdict.Matches {
		if m.Rule != "" && !slices.Contains(f.Rules, m.Rule) {
			f.Rules = append(f.Rules, m.Rule)
		}
	}
	return f, nil
}

// RecordJudgement records what a person says of an event or post, in place of what
// was said before, which it returns; "" for nothing.
func RecordJudgement(ctx context.Context, tx store.Tx, subject string, j Judged) (before Judgement, err error) {
	err = tx.NewSelect().Table("judgements").Column("judged").Where("subject = ?", subject).Scan(ctx, &before)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read the judgement of %s: %w", subject, err)
	}
	row := &judgementRow{Subject: subject, Judged: j.Judgement, Note: j.Note, Judge: j.By, At: j.At}
	_, err = tx.NewInsert().Model(row).On("CONFLICT (subject) DO UPDATE").
		Set("judged = EXCLUDED.judged").Set("note = EXCLUDED.note").Set("judge = EXCLUDED.judge").Set("at = EXCLUDED.at").Exec(ctx)
	if err != nil {
		return before, fmt.Errorf("record the judgement of %s: %w", subject, err)
	}
	return before, nil
}

// judgements finds what was said of subjects: by a judgement, else by a section that
// called the alert 误报.
func judgements(ctx context.Context, db store.Conn, subjects []string) (map[string]Judgement, error) {
	if len(subjects) == 0 {
		return nil, nil //nolint:nilnil // nothing asked, nothing said
	}
	var rows []judgementRow
	if err := db.NewSelect().Model(&rows).Where("subject IN ?", bun.Tuple(subjects)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read judgements: %w", err)
	}
	mistaken, err := views.CalledMistaken(ctx, db, subjects)
	if err != nil {
		return nil, err
	}
	out := make(map[string]Judgement, len(rows)+len(mistaken))
	for _, id := range mistaken {
		out[id] = False
	}
	for _, r := range rows {
		out[r.Subject] = r.Judged
	}
	return out, nil
}

// missedRow is a post that the rules did not catch.
type missedRow struct {
	bun.BaseModel `bun:"table:missed_posts"`

	ID         string           `bun:"id,pk"`
	PostID     string           `bun:"post_id"`
	Category   verdict.Category `bun:"category"`
	Source     string           `bun:"source"`
	SourceName string           `bun:"source_name"`
	Channel    post.Channel     `bun:"channel"`
	Local      bool             `bun:"local"`
	URL        string           `bun:"url"`
	Title      string           `bun:"title"`
	Body       string           `bun:"body"`
	Published  time.Time        `bun:"published,nullzero"`
	Note       string           `bun:"note"`
	Judge      string           `bun:"judge"`
	At         time.Time        `bun:"at"`
}

// RecordMissed records a post that the rules should have alerted under a category.
// The same text recorded again is one post; it returns its id. A post that is in
// the archive, its id says so, counts as judged 真 from now on: a draft that
// alerts it is right.
func RecordMissed(ctx context.Context, tx store.Tx, p post.Post, c verdict.Category, j Judged) (string, error) {
	id := p.ID
	if id == "" {
		sum := sha256.Sum256([]byte(p.Title + "\x00" + p.Body))
		id = "M-" + hex.EncodeToString(sum[:6])
	}
	row := &missedRow{
		ID: id, PostID: p.ID, Category: c, Source: p.Source, SourceName: p.SourceName, Channel: p.Channel, Local: p.Local,
		URL: p.URL, Title: p.Title, Body: p.Body, Published: p.Published, Note: j.Note, Judge: j.By, At: j.At,
	}
	_, err := tx.NewInsert().Model(row).On("CONFLICT (id) DO UPDATE").
		Set("category = EXCLUDED.category").Set("note = EXCLUDED.note").Set("judge = EXCLUDED.judge").Set("at = EXCLUDED.at").Exec(ctx)
	if err != nil {
		return id, fmt.Errorf("record a missed post: %w", err)
	}
	if p.ID == "" {
		return id, nil
	}
	j.Judgement = True
	_, err = RecordJudgement(ctx, tx, p.ID, j)
	return id, err
}

// Missed are the missed posts that people recorded since then, the oldest first.
func Missed(ctx context.Context, db store.Conn, since time.Time) ([]Archived, error) {
	var rows []missedRow
	if err := db.NewSelect().Model(&rows).Where("at >= ?", since).Order("at", "id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the missed posts: %w", err)
	}
	out := make([]Archived, len(rows))
	for i, r := range rows {
		out[i] = Archived{Judged: True, Post: post.Post{
			ID: r.ID, Source: r.Source, SourceName: r.SourceName, Channel: r.Channel, Local: r.Local,
			URL: r.URL, Title: r.Title, Body: r.Body, Published: r.Published,
		}}
	}
	return out, nil
}
