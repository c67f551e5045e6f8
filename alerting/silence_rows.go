package alerting

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

// ErrNoSilence says that no silence has the id asked for.
var ErrNoSilence = errors.New("no such silence")

// silenceBreak says that an event grew graver and a silence holds it back no more.
type silenceBreak struct {
	bun.BaseModel `bun:"table:silence_breaks,alias:silence_break"`

	Silence string    `bun:"silence,pk"`
	EventID string    `bun:"event_id,pk"`
	At      time.Time `bun:"at"`
}

// AddSilence checks a silence, gives it its id and stores it with the job that will
// tell of its end.
func AddSilence(ctx context.Context, tx store.Tx, db *store.DB, s Silence) (Silence, error) {
	if err := s.Check(s.CreatedAt); err != nil {
		return s, err
	}
	if err := db.Lock(ctx, tx, "huiying silences"); err != nil {
		return s, fmt.Errorf("add silence: %w", err)
	}
	day := "S-" + s.CreatedAt.In(zh.Beijing()).Format("20060102")
	n, err := tx.NewSelect().Model((*Silence)(nil)).Where("id LIKE ?", day+"-%").Count(ctx)
	if err != nil {
		return s, fmt.Errorf("add silence: %w", err)
	}
	s.ID = fmt.Sprintf("%s-%d", day, n+1)
	for _, list := range []*[]string{&s.Rules, &s.Sections, &s.Places, &s.Events, &s.Words} {
		if *list == nil {
			*list = []string{}
		}
	}
	if _, err := tx.NewInsert().Model(&s).Exec(ctx); err != nil {
		return s, fmt.Errorf("add silence: %w", err)
	}
	return s, db.Enqueue(ctx, tx, store.Job{Kind: JobSilenceEnd, ID: s.ID, At: s.EndsAt})
}

// EndSilence ends a silence before its time. Ending it again changes nothing.
func EndSilence(ctx context.Context, tx store.Tx, db *store.DB, id, by string, now time.Time) (Silence, error) {
	s, err := FindSilence(ctx, tx, id)
	if err != nil || s.Ended(now) {
		return s, err
	}
	s.EndedAt, s.EndedBy = now, by
	if _, err := tx.NewUpdate().Model(&s).Column("ended_at", "ended_by").WherePK().Exec(ctx); err != nil {
		return s, fmt.Errorf("end silence %s: %w", id, err)
	}
	return s, db.Enqueue(ctx, tx, store.Job{Kind: JobSilenceEnd, ID: s.ID, At: now})
}

// FindSilence reads one silence.
func FindSilence(ctx context.Context, db store.Conn, id string) (Silence, error) {
	var s Silence
	err := db.NewSelect().Model(&s).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return s, fmt.Errorf("%s: %w", id, ErrNoSilence)
	}
	if err != nil {
		return s, fmt.Errorf("read silence %s: %w", id, err)
	}
	return s, nil
}

// Silences reads the silences that hold at now, those that end first first.
func Silences(ctx context.Context, db store.Conn, now time.Time) ([]Silence, error) {
	var all []Silence
	err := db.NewSelect().Model(&all).Where("ended_at IS NULL").Where("ends_at > ?", now).Order("ends_at", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read silences: %w", err)
	}
	return all, nil
}

// SilencesSince reads those that held at any time since, the newest first.
func SilencesSince(ctx context.Context, db store.Conn, since time.Time) ([]Silence, error) {
	var all []Silence
	err := db.NewSelect().Model(&all).Where("COALESCE(ended_at, ends_at) > ?", since).Order("created_at DESC", "id DESC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read silences: %w", err)
	}
	return all, nil
}

// hold asks, in the transaction that takes a notice, whether a silence holds it
// back. A notice of a matter that grew graver breaks the silences over its event,
// for good.
func (o *Outbox) hold(ctx context.Context, tx store.Tx, n Notice) (Silence, bool, error) {
	if n.EventID == "" {
		return Silence{}, false, nil
	}
	all, err := Silences(ctx, tx, n.CreatedAt)
	if err != nil || len(all) == 0 {
		return Silence{}, false, err
	}
	if n, err = recall(ctx, tx, n); err != nil {
		return Silence{}, false, err
	}
	var broken []string
	err = tx.NewSelect().Model((*silenceBreak)(nil)).Column("silence").Where("event_id = ?", n.EventID).Scan(ctx, &broken)
	if err != nil {
		return Silence{}, false, fmt.Errorf("read what broke silences over event %s: %w", n.EventID, err)
	}
	all = slices.DeleteFunc(all, func(s Silence) bool { return slices.Contains(broken, s.ID) })
	if !n.Raised {
		s, ok := o.router.Hold(n, all, n.CreatedAt)
		return s, ok, nil
	}
	for _, s := range all {
		if !s.covers(n, o.router.placeOf(n.Where)) {
			continue
		}
		b := silenceBreak{Silence: s.ID, EventID: n.EventID, At: n.CreatedAt}
		if _, err := tx.NewInsert().Model(&b).On("CONFLICT (silence, event_id) DO NOTHING").Exec(ctx); err != nil {
			return Silence{}, false, fmt.Errorf("break silence %s: %w", s.ID, err)
		}
	}
	return Silence{}, false, nil
}

// recalled is how many posts of an event a later notice of it is judged by.
const recalled = 100

// recall gives a notice that does not speak of one post what its event's posts say:
// the rules that fired on any of them, the place, and all their words.
func recall(ctx context.Context, db store.Conn, n Notice) (Notice, error) {
	if n.Where.Text != "" {
		return n, nil
	}
	posts, err := post.Concerning(ctx, db, n.EventID, recalled)
	if err != nil {
		return n, fmt.Errorf("read what event %s is: %w", n.EventID, err)
	}
	var text strings.Builder
	for _, p := range posts {
		text.WriteString(p.Title + "\n" + p.Body + "\n")
		for _, r := range RulesOf(p.Verdict) {
			if !slices.Contains(n.Rules, r) {
				n.Rules = append(n.Rules, r)
			}
		}
		if p.Verdict.Region != nil && n.Where.Place == "" {
			n.Where.Place, n.Where.District = p.Verdict.Region.Place, p.Verdict.Region.District
		}
	}
	n.Where.Text = text.String()
	return n, nil
}

// RulesOf are the rules that fired on a post, each once.
func RulesOf(v verdict.Verdict) []string {
	var out []string
	for _, m := range v.Matches {
		if m.Rule != "" && !slices.Contains(out, m.Rule) {
			out = append(out, m.Rule)
		}
	}
	return out
}

// SilencesOver reads the silences that held back messages of an event, oldest first.
func SilencesOver(ctx context.Context, db store.Conn, eventID string) ([]Silence, error) {
	var all []Silence
	err := db.NewSelect().Model(&all).Where("id IN (?)", db.NewSelect().TableExpr("deliveries AS delivery").ColumnExpr("delivery.silence").
		Join("JOIN notices AS notice ON notice.id = delivery.notice_id").
		Where("notice.event_id = ?", eventID).Where("delivery.silence IS NOT NULL")).Order("created_at", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the silences over event %s: %w", eventID, err)
	}
	return all, nil
}
