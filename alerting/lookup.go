package alerting

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/uptrace/bun"
)

// maxLookup is how many deliveries are looked up at once.
const maxLookup = 500

// summaryPrefix begins the ids of summaries.
const summaryPrefix = "Z-"

// lists reports whether the delivery is that of a summary.
func (d Delivery) lists() bool { return strings.HasPrefix(d.NoticeID, summaryPrefix) }

// lookUp asks the platform what became of a delivery, and at the same time of all
// others at the channel whose outcome is unknown and whose attempt can no longer
// land: a platform that has to be read page by page, at a rate of its own, is read
// once for all of them. The others are settled as row would be, and their jobs find
// them so.
func (d *Deliverer) lookUp(ctx context.Context, f Finder, row Delivery, thread Ref) (ref Ref, found bool, err error) {
	others, err := d.unclear(ctx, row)
	if err != nil {
		return Ref{}, false, err
	}
	type answer struct {
		ref   Ref
		found bool
		err   error
	}
	answers := make([]answer, len(others))
	var wg sync.WaitGroup
	for i, o := range others {
		wg.Go(func() { answers[i].ref, answers[i].found, answers[i].err = f.Find(ctx, o.ID, Ref{}, o.CreatedAt) })
	}
	ref, found, err = f.Find(ctx, row.ID, thread, row.CreatedAt)
	wg.Wait()
	for i, o := range others {
		var uerr error
		switch a := answers[i]; {
		case a.err != nil: // its own job asks again
		case a.found:
			_, uerr = d.sent(ctx, o, a.ref)
		default:
			_, uerr = d.update(ctx, o, "state = ?", Pending)
		}
		if uerr != nil {
			d.o.Log.WarnContext(ctx, "looked up, and not recorded: it will be looked up again", "delivery", o.ID, "error", uerr)
		}
	}
	return ref, found, err
}

// unclear reads the other deliveries at the channel of row that wait for a look-up.
// Answers in threads are left out: each is looked for in its own thread.
func (d *Deliverer) unclear(ctx context.Context, row Delivery) ([]Delivery, error) {
	var out []Delivery
	settled := d.o.Now().Add(-d.o.Settle)
	err := d.o.DB.NewSelect().Model(&out).Where("target = ?", row.Target).Where("id <> ?", row.ID).
		Where("state IN ?", bun.Tuple([]State{Sending, Unsure})).Where("started_at <= ?", settled).Where("parent IS NULL").
		Order("created_at").Limit(maxLookup).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("deliver %s: read what else waits for a look-up: %w", row.ID, err)
	}
	return out, nil
}
