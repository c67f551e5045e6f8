package audit

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
)

// Trouble is a finding over time: from the first look that saw it to its end.
type Trouble struct {
	bun.BaseModel `bun:"table:troubles,alias:trouble"`

	ID     string `bun:"id,pk"`
	Name   string `bun:"name"`
	Title  string `bun:"title"`
	Detail string `bun:"detail"`
	Remedy string `bun:"remedy"`
	Target string `bun:"target"`
	// Looks is how many looks saw it: one may be chance.
	Looks  int       `bun:"looks"`
	Since  time.Time `bun:"since"`
	SeenAt time.Time `bun:"seen_at"`
	ToldAt time.Time `bun:"told_at,nullzero"`
	OverAt time.Time `bun:"over_at,nullzero"`
}

// sure is how many looks make a trouble.
const sure = 2

// keptTroubles is how long troubles that are over are kept.
const keptTroubles = 30 * 24 * time.Hour

// stagePrefix begins the names of what a sentinel finds; those of its own process
// name the process next.
const stagePrefix = "stage/"

// bearing says how long a trouble of a name may go unseen before a look takes it for
// over; false where that is not for this look to say.
type bearing func(name string) (time.Duration, bool)

// byJob judges what the job finds, looking that often: away once may be chance.
func byJob(every time.Duration) bearing {
	return func(name string) (time.Duration, bool) { return every * 3 / 2, !strings.HasPrefix(name, stagePrefix) }
}

// bySentinel judges what sentinels find: of another process, that may be dead, only
// what was not seen for all of patience.
func bySentinel(node string, every, patience time.Duration) bearing {
	return func(name string) (time.Duration, bool) {
		rest, ok := strings.CutPrefix(name, stagePrefix)
		if other, _, named := strings.Cut(rest, "/"); named && other != node {
			return patience, ok
		}
		return every * 3 / 2, ok
	}
}

// note writes down what a look found, and what is over.
func note(ctx context.Context, tx store.Tx, over bearing, found []Finding, now time.Time) error {
	var open []Trouble
	if err := tx.NewSelect().Model(&open).Where("over_at IS NULL").Scan(ctx); err != nil {
		return fmt.Errorf("read open troubles: %w", err)
	}
	for _, f := range found {
		i := slices.IndexFunc(open, func(t Trouble) bool { return t.Name == f.Name })
		if i >= 0 {
			t := open[i]
			t.Title, t.Detail, t.Remedy, t.Target, t.SeenAt = f.Title, f.Detail, f.Remedy, f.Target, now
			t.Looks++
			if _, err := tx.NewUpdate().Model(&t).Column("title", "detail", "remedy", "target", "looks", "seen_at").WherePK().Exec(ctx); err != nil {
				return fmt.Errorf("note trouble %s: %w", f.Name, err)
			}
			continue
		}
		t := Trouble{
			ID: f.Name + "/" + strconv.FormatInt(now.UnixNano(), 36), Name: f.Name, Title: f.Title, Detail: f.Detail,
			Remedy: f.Remedy, Target: f.Target, Looks: 1, Since: now, SeenAt: now,
		}
		if _, err := tx.NewInsert().Model(&t).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
			return fmt.Errorf("note trouble %s: %w", f.Name, err)
		}
	}
	for _, t := range open {
		gone := !slices.ContainsFunc(found, func(f Finding) bool { return f.Name == t.Name })
		bears, mine := over(t.Name)
		// A time ahead is a clock set back.
		if away := now.Sub(t.SeenAt); !mine || !gone || away >= 0 && away < bears {
			continue
		}
		if _, err := tx.NewUpdate().Model((*Trouble)(nil)).Set("over_at = ?", now).Where("id = ?", t.ID).Where("over_at IS NULL").Exec(ctx); err != nil {
			return fmt.Errorf("note that trouble %s is over: %w", t.Name, err)
		}
	}
	_, err := tx.NewDelete().Model((*Trouble)(nil)).Where("over_at < ?", now.Add(-keptTroubles)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget old troubles: %w", err)
	}
	return nil
}

// Open lists the troubles that are not chance and not over, oldest first.
func Open(ctx context.Context, db store.Conn) ([]Trouble, error) {
	var all []Trouble
	err := db.NewSelect().Model(&all).Where("over_at IS NULL").Where("looks >= ?", sure).Order("since", "name").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read open troubles: %w", err)
	}
	return all, nil
}

// toTell lists what people have not been told: of troubles, and of the end of those
// they were told of.
func toTell(ctx context.Context, db store.Conn) (fresh, over []Trouble, err error) {
	err = db.NewSelect().Model(&fresh).Where("over_at IS NULL").Where("told_at IS NULL").Where("looks >= ?", sure).Order("since").Scan(ctx)
	if err == nil {
		err = db.NewSelect().Model(&over).Where("over_at IS NOT NULL").Where("told_at IS NOT NULL").Where("looks >= ?", sure).Order("over_at").Scan(ctx)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read what to tell of troubles: %w", err)
	}
	return fresh, over, nil
}

// told marks, in the transaction that takes the notice, that people are told. The
// looks of a trouble whose end is told are set to nothing: no more is to be said.
func told(w Word, now time.Time) func(context.Context, store.Tx) error {
	return func(ctx context.Context, tx store.Tx) error {
		q := tx.NewUpdate().Model((*Trouble)(nil)).Where("id = ?", w.ID)
		if w.Well {
			q = q.Set("looks = 0").Where("looks > 0")
		} else {
			q = q.Set("told_at = ?", now).Where("told_at IS NULL")
		}
		if _, err := q.Exec(ctx); err != nil {
			return fmt.Errorf("mark trouble %s as told: %w", w.Name, err)
		}
		return nil
	}
}

// Jump is one jump of the machine's clock.
type Jump struct {
	bun.BaseModel `bun:"table:clock_jumps,alias:jump"`

	// At is the time after the jump, Leap by how much; negative is back.
	At   time.Time     `bun:"at,pk"`
	Leap time.Duration `bun:"leap"`
}

// Jumps lists the jumps of the day before now, the newest first.
func Jumps(ctx context.Context, db store.Conn, now time.Time) ([]Jump, error) {
	var all []Jump
	err := db.NewSelect().Model(&all).Where("at > ?", now.AddDate(0, 0, -1)).Where("at <= ?", now).Order("at DESC").Limit(10).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read jumps of the clock: %w", err)
	}
	return all, nil
}
