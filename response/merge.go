package response

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"huiying/alerting"
	"huiying/event"
	"huiying/internal/store"
)

// Merge lets the case of one event go on as that of another, with which people found
// it to be one matter: into keeps of each clock the earlier, takes the clocks that it
// lacks, and the evidence that stopped the other's. The other is closed with a pointer,
// its clocks end, and what was done on it is on record here. It returns the clocks of
// into that must be watched anew. An event without a case has nothing to merge.
func Merge(ctx context.Context, tx store.Tx, policy Policy, into, from event.Event, by string, now time.Time) (watch []Clock, err error) {
	other, err := Find(ctx, tx, from.ID)
	if errors.Is(err, ErrNoCase) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := Find(ctx, tx, into.ID)
	if errors.Is(err, ErrNoCase) {
		c, _ = policy.For(into, nil, other.OpenedAt)
		err = Save(ctx, tx, c, nil)
	}
	if err != nil {
		return nil, err
	}
	for _, k := range other.Clocks {
		changed, err := c.adopt(ctx, tx, *k)
		if err != nil {
			return nil, err
		}
		if changed != nil && changed.Running() {
			watch = append(watch, *changed)
		}
	}
	note := Evidence{Note: "并入 " + c.ID + "（" + by + "）", Clocks: everyClock(), Ended: EndedMerged}
	if other, err = Stop(ctx, tx, other.ID, note, now); err != nil {
		return nil, err
	}
	if err := move(ctx, tx, c, other); err != nil {
		return nil, err
	}
	if err := c.settle(ctx, tx, other.OpenedAt, now); err != nil {
		return nil, err
	}
	for _, e := range []Entry{
		{CaseID: c.ID, Verb: Absorbed, By: by, Subject: other.ID, Via: "command", At: now},
		{CaseID: other.ID, Verb: MergedOff, By: by, Subject: c.ID, Via: "command", At: now},
	} {
		if _, err := Record(ctx, tx, e); err != nil {
			return nil, err
		}
	}
	return watch, nil
}

// adopt takes a clock of another case: where there is none of its kind, as it is; else
// the earlier start and deadline of the two, and the answer that either had. It returns
// the clock of this case that it changed, nil for none.
func (c *Case) adopt(ctx context.Context, tx store.Conn, k Clock) (*Clock, error) {
	if k.Ended != "" || k.Kind == Answer && hasClock(c.Clocks, FirstRelease) && !hasClock(c.Clocks, Answer) {
		return nil, nil //nolint:nilnil // nothing is an answer here; the fast clocks include the slow one
	}
	i := slices.IndexFunc(c.Clocks, func(x *Clock) bool { return x.Kind == k.Kind && x.Ended == "" })
	if i < 0 {
		k.ID, k.CaseID = clockID(c.ID, c.Clocks, k.Kind), c.ID
		if _, err := tx.NewInsert().Model(&k).Exec(ctx); err != nil {
			return nil, fmt.Errorf("take over clock %s: %w", k.ID, err)
		}
		c.Clocks = append(c.Clocks, &k)
		return &k, nil
	}
	mine, before := c.Clocks[i], *c.Clocks[i]
	if k.DueAt.Before(mine.DueAt) {
		mine.StartedAt, mine.DueAt = k.StartedAt, k.DueAt
	}
	if mine.Running() && !k.Running() {
		mine.StoppedAt, mine.URL, mine.Note = k.StoppedAt, k.URL, k.Note
	}
	if *mine == before {
		return nil, nil //nolint:nilnil // nothing is an answer here
	}
	_, err := tx.NewUpdate().Model(mine).Column("started_at", "due_at", "stopped_at", "url", "note").WherePK().Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("take over clock %s: %w", k.ID, err)
	}
	return mine, nil
}

// move hands to a case what people did on another, and what was offered to it, and
// closes that one with a pointer.
func move(ctx context.Context, tx store.Tx, c, other Case) error {
	other.Status, other.MergedInto = Merged, c.ID
	if _, err := tx.NewUpdate().Model(&other).Column("status", "merged_into").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("close case %s: %w", other.ID, err)
	}
	merged, err := event.MergedInto(ctx, tx, c.EventID) // an index finds them, none finds cases by merged_into
	if err != nil {
		return err
	}
	if _, err := tx.NewUpdate().Model((*Case)(nil)).Set("merged_into = ?", c.ID).Where("event_id IN (?)", bun.List(merged)).Exec(ctx); err != nil {
		return fmt.Errorf("move what was merged into case %s: %w", other.ID, err)
	}
	if _, err := tx.NewUpdate().Model((*Entry)(nil)).Set("case_id = ?", c.ID).Where("case_id = ?", other.ID).Exec(ctx); err != nil {
		return fmt.Errorf("move the log of case %s: %w", other.ID, err)
	}
	if err := alerting.MoveAcks(ctx, tx, other.EventID, c.EventID); err != nil {
		return err
	}
	offered := tx.NewSelect().Model((*Offer)(nil)).Column("post_id").Where("case_id = ?", c.ID)
	if _, err := tx.NewDelete().Model((*Offer)(nil)).Where("case_id = ?", other.ID).Where("post_id IN (?)", offered).Exec(ctx); err != nil {
		return fmt.Errorf("move the offers of case %s: %w", other.ID, err)
	}
	if _, err := tx.NewUpdate().Model((*Offer)(nil)).Set("case_id = ?", c.ID).Set("id = ? || '/' || post_id", c.ID).Where("case_id = ?", other.ID).Exec(ctx); err != nil {
		return fmt.Errorf("move the offers of case %s: %w", other.ID, err)
	}
	return nil
}

// settle writes how a case stands after its clocks changed: opened when the matter was
// first seen, open while a clock runs, else answered.
func (c *Case) settle(ctx context.Context, tx store.Conn, seen, now time.Time) error {
	if seen.Before(c.OpenedAt) {
		c.OpenedAt = seen
	}
	switch running := c.runs(everyClock()...); {
	case running:
		c.Status, c.AnsweredAt, c.ClosedAt = Open, time.Time{}, time.Time{}
	case c.Status.Waits():
		c.Status, c.AnsweredAt = Answered, now
	}
	if _, err := tx.NewUpdate().Model(c).Column("status", "opened_at", "answered_at", "closed_at").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("store case %s: %w", c.ID, err)
	}
	return nil
}
