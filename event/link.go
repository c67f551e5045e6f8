package event

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
)

// LinkState is what is held of two events.
type LinkState string

// What two events may be to each other. All but Suggested are a person's word.
const (
	Suggested LinkState = "suggested"
	Merged    LinkState = "merged"
	Parted    LinkState = "parted"
)

// Name is the state in Chinese.
func (s LinkState) Name() string {
	switch s {
	case Suggested:
		return "疑似同一件事"
	case Merged:
		return "人工合并"
	case Parted:
		return "人工拆分"
	}
	return string(s)
}

// Link says that two events may be one matter, or what a person decided of them.
type Link struct {
	bun.BaseModel `bun:"table:links,alias:link"`

	// A is the event whose id comes first.
	A     string    `bun:"a,pk"`
	B     string    `bun:"b,pk"`
	Score float64   `bun:"score"`
	Why   string    `bun:"why"`
	State LinkState `bun:"state"`
	// By is who decided, "" for a suggestion.
	By string    `bun:"by_whom"`
	At time.Time `bun:"at"`
}

// NewLink puts two events in order.
func NewLink(a, b string) Link {
	if a > b {
		a, b = b, a
	}
	return Link{A: a, B: b}
}

// Other is the event that the link ties to the given one.
func (l Link) Other(id string) string {
	if l.A == id {
		return l.B
	}
	return l.A
}

// Suggest keeps for a person that two events may be one matter. What is held of
// them already stays.
func Suggest(ctx context.Context, tx store.Conn, l Link) error {
	l.State = Suggested
	if _, err := tx.NewInsert().Model(&l).On("CONFLICT (a, b) DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("suggest that %s and %s are one: %w", l.A, l.B, err)
	}
	return nil
}

// Decide keeps a person's word on two events.
func Decide(ctx context.Context, tx store.Conn, l Link) error {
	_, err := tx.NewInsert().Model(&l).On("CONFLICT (a, b) DO UPDATE").
		Set("state = EXCLUDED.state").Set("why = EXCLUDED.why").Set("by_whom = EXCLUDED.by_whom").Set("at = EXCLUDED.at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep what was decided of %s and %s: %w", l.A, l.B, err)
	}
	return nil
}

// Links lists what is held of an event and others, the latest first.
func Links(ctx context.Context, db store.Conn, id string) ([]Link, error) {
	var all []Link
	err := db.NewSelect().Model(&all).WhereGroup("", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("link.a = ?", id).WhereOr("link.b = ?", id)
	}).Order("link.at DESC", "link.a", "link.b").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the links of event %s: %w", id, err)
	}
	return all, nil
}

// DecidedSince lists what people decided of events since the given time.
func DecidedSince(ctx context.Context, db store.Conn, since time.Time) ([]Link, error) {
	var all []Link
	if err := db.NewSelect().Model(&all).Where("at >= ?", since).Where("state <> ?", Suggested).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read what people decided of events: %w", err)
	}
	return all, nil
}
