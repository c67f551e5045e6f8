package alerting

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"huiying/event"
	"huiying/internal/store"
)

// Widened words that an event already alerted now also concerns other sections.
func (m Matter) Widened(sections []string) Content {
	c := m.content()
	c.Headline = m.label() + "新增责任科室 " + strings.Join(sections, "、") + "｜" + m.title()
	return c
}

// Heard lists who was told of an event, or of one that people merged into it, so
// that an update reaches everyone who acts on what it corrects.
func Heard(ctx context.Context, db store.Conn, eventID string) ([]Receiver, error) {
	merged, err := event.MergedInto(ctx, db, eventID)
	if err != nil {
		return nil, err
	}
	var ds []Delivery
	err = db.NewSelect().Model(&ds).Column("receiver", "target").Distinct().
		Where("notice_id IN (?)", db.NewSelect().Model((*Notice)(nil)).Column("id").
			Where("event_id IN (?)", bun.List(append(merged, eventID))).Where("kind IN (?, ?)", KindAlert, KindUpdate)).
		Order("receiver").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read who was told of event %s: %w", eventID, err)
	}
	out := make([]Receiver, len(ds))
	for i, d := range ds {
		out[i] = Receiver{Name: d.Receiver, Target: d.Target}
	}
	return out, nil
}

// Join adds to one list of receivers those of another, each once.
func Join(a, b []Receiver) []Receiver {
	out := receivers(slices.Clone(a))
	for _, r := range b {
		out.add(r)
	}
	return out
}
