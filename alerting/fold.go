package alerting

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/safetext"
	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

const (
	// gather is how long those whose turn is too far off are waited for before a list
	// of them is made.
	gatherFold = 2 * time.Second
	// listEvery parts the jobs of lists made together, so that they come in order.
	listEvery = 300 * time.Millisecond
	// foldAgain is how long one stays away that is on no list yet.
	foldAgain = 15 * time.Second
	// maxItems is how many lines a summary has: more nobody reads on a phone. maxTitle
	// is how long each is, in characters.
	maxItems = 15
	maxTitle = 48
	// itemFrame is what a platform's markup adds to a line, in bytes; listRoom how much
	// the lines may take together where the sender does not say.
	itemFrame = 80
	listRoom  = 8000
	// maxFold bounds what is listed at once.
	maxFold = 400
)

// folds says when the next list for a receiver may be made, so that of the many
// whose turn is too far off only one at a time makes it.
type folds struct {
	mu   sync.Mutex
	next map[string]time.Time
}

// due reports whether a list may be made now, else how long until then.
func (f *folds) due(key string, now time.Time) (wait time.Duration, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, asked := f.next[key]
	if asked && now.Before(at) {
		return at.Sub(now), false
	}
	f.next[key] = now.Add(gatherFold)
	if !asked || now.Sub(at) > 2*foldAgain {
		return gatherFold, false // the first for long: others may follow
	}
	return 0, true
}

// overflow deals with a delivery whose turn at the channel is not soon: routine
// ones are listed in a summary, since a list in a minute is worth more than a
// message of one's own in an hour, and the others come back for their turn. ok is
// false where the delivery is to go on.
func (d *Deliverer) overflow(ctx context.Context, s Sender, n Notice, row Delivery, now time.Time) (out Outcome, ok bool, err error) {
	pacer, paced := s.(Pacer)
	if !paced || row.State != Pending {
		return Outcome{}, false, nil
	}
	pause, trouble := d.health.pause(row.Target, n.Urgency(), now)
	if pause > 0 {
		return Outcome{State: Pending, Snooze: pause}, true, nil
	}
	pace := pacer.Pace()
	wait := pace.Wait(row.ID, n.Urgency(), now)
	// While the channel is in trouble nothing is listed: fuller lists can be made when
	// it is back.
	late := !trouble && d.mayFold(n, row, now) && (wait > d.o.Patience || now.Sub(latest(row.CreatedAt, row.HeldUntil)) > d.o.StaleAfter)
	if late {
		pause, mine := d.folds.due(row.Target+"|"+row.Receiver, now)
		if !mine {
			return Outcome{State: Pending, Snooze: pause}, true, nil
		}
		folded, alone, err := d.fold(ctx, s, row, now)
		switch {
		case err != nil:
			return Outcome{}, true, err
		case folded:
			return Outcome{State: Folded}, true, nil
		case !alone:
			return Outcome{State: Pending, Snooze: foldAgain}, true, nil
		}
	}
	if wait <= nearTurn {
		return Outcome{}, false, nil
	}
	if wait = pace.Turn(row.ID, n.Urgency(), now) - comeBack; late {
		wait = min(wait, foldAgain) // by then it may have company
	}
	return Outcome{State: Pending, Snooze: max(wait, 0)}, true, nil
}

// mayFold reports whether a delivery may be told of by a list. What was listed
// once, in a summary that failed, is sent by itself.
func (d *Deliverer) mayFold(n Notice, row Delivery, now time.Time) bool {
	return d.o.Enqueue != nil && !n.alone() && row.Summary == "" && !row.HeldUntil.After(now)
}

// listed is a delivery that may be told of by a list.
type listed struct {
	ID     string `bun:"delivery_id"`
	Repeat bool   `bun:"repeat"`
	Notice `bun:",extend"`
}

// fold lists what waits for one receiver at one channel in summaries, the gravest
// and oldest first. The items, the summaries and the jobs that send them change in
// one transaction, so that at any moment a delivery is either pending or listed,
// never both and never neither. folded reports that row is on a list, alone that
// there is nothing to list it with. A last list that is not full waits while
// others are on their way.
func (d *Deliverer) fold(ctx context.Context, s Sender, row Delivery, now time.Time) (folded, alone bool, err error) {
	var gone []string
	err = d.o.DB.RunInTx(ctx, nil, func(ctx context.Context, tx store.Tx) error {
		gone, folded, alone = nil, false, false
		lists := 0
		waiting, err := d.waiting(ctx, tx, row, now)
		if err != nil {
			return err
		}
		if len(waiting) < 2 {
			alone = true
			return nil
		}
		underWay, err := tx.NewSelect().Model((*Delivery)(nil)).Join("JOIN notices AS notice ON notice.id = delivery.notice_id").
			Where("notice.kind = ?", KindSummary).Where("delivery.target = ?", row.Target).Where("delivery.receiver = ?", row.Receiver).
			Where("delivery.state IN ('pending', 'sending', 'unsure')").Count(ctx)
		if err != nil {
			return err
		}
		for list := range d.lists(waiting, room(s), underWay > 0) {
			ids, err := d.list(ctx, tx, row, list, now, lists)
			if err != nil {
				return err
			}
			lists++
			gone = append(gone, ids...)
		}
		folded = slices.Contains(gone, row.ID)
		d.o.Reached("folding")
		return nil
	})
	if err != nil {
		return false, false, fmt.Errorf("list what waits for %s at %s: %w", row.Receiver, row.Target, err)
	}
	if len(gone) > 0 {
		d.o.Reached("folded")
		d.o.Log.WarnContext(ctx, "the line is too long, listing what waits", "receiver", row.Receiver, "target", row.Target, "deliveries", len(gone))
	}
	if pacer, ok := s.(Pacer); ok {
		pacer.Pace().Leave(gone...)
	}
	return folded, alone, nil
}

// waiting reads what may be listed together with row, gravest and oldest first.
func (d *Deliverer) waiting(ctx context.Context, tx store.Tx, row Delivery, now time.Time) ([]listed, error) {
	var out []listed
	err := tx.NewSelect().TableExpr("deliveries AS delivery").
		ColumnExpr("delivery.id AS delivery_id, delivery.repeat, notice.*").
		Join("JOIN notices AS notice ON notice.id = delivery.notice_id").
		Where("delivery.state = ?", Pending).Where("delivery.target = ?", row.Target).Where("delivery.receiver = ?", row.Receiver).
		Where("delivery.summary IS NULL").Where("(delivery.held_until IS NULL OR delivery.held_until <= ?)", now).
		Where("notice.kind NOT IN (?, ?)", KindDigest, KindSummary).
		Where("notice.grade NOT IN (?, ?)", verdict.Major, verdict.Extreme).
		OrderExpr("delivery.created_at, delivery.id").Limit(maxFold).Scan(ctx, &out)
	slices.SortStableFunc(out, func(a, b listed) int {
		if a.Urgency() != b.Urgency() {
			return int(b.Urgency() - a.Urgency())
		}
		return b.Grade.Rank() - a.Grade.Rank()
	})
	return out, err
}

// lists parts what waits into lists that fit a message. One that is not full is
// left out where it may wait for more; a single one never makes a list.
func (d *Deliverer) lists(waiting []listed, room int, mayWait bool) func(yield func([]listed) bool) {
	return func(yield func([]listed) bool) {
		for len(waiting) > 0 {
			n, size := 0, 0
			for n < len(waiting) && n < maxItems {
				if size += d.size(waiting[n]); n > 0 && size > room {
					break
				}
				n++
			}
			if n == len(waiting) && (n == 1 || mayWait && n < maxItems) {
				return
			}
			if !yield(waiting[:n]) {
				return
			}
			waiting = waiting[n:]
		}
	}
}

// size is how many bytes a line takes at most, made harmless.
func (d *Deliverer) size(w listed) int {
	it := w.item()
	return len(safetext.InertMarkup(it.Headline)) + len(it.Notice) + len(it.Page) + len(d.o.Ack(w.ID)) + itemFrame
}

func (w listed) item() Item {
	it := Item{
		Delivery: w.ID, Notice: w.Notice.ID, Headline: safetext.Cut(safetext.Line(w.Content.Headline), maxTitle), Page: w.Content.Page, At: w.CreatedAt, Repeat: w.Repeat,
	}
	if it.Page == "" && len(w.Content.Link) <= maxTitle*4 {
		it.Page = w.Content.Link
	}
	return it
}

// list makes one summary of those that are still pending, with its job, the number
// of others before it.
func (d *Deliverer) list(ctx context.Context, tx store.Tx, row Delivery, list []listed, now time.Time, before int) ([]string, error) {
	n := Notice{ID: summaryPrefix + now.In(zh.Beijing()).Format("20060102") + "-" + rand.Text()[:6], Kind: KindSummary, CreatedAt: now}
	sum := Plan(n, []Receiver{{Name: row.Receiver, Target: row.Target}}, "")
	ids := make([]string, len(list))
	for i, w := range list {
		ids[i] = w.ID
	}
	var gone []string
	err := tx.NewUpdate().Model((*Delivery)(nil)).Set("state = ?", Folded).Set("summary = ?", sum[0].ID).
		Where("id IN ?", bun.Tuple(ids)).Where("state = ?", Pending).Returning("id").Scan(ctx, &gone)
	if err != nil || len(gone) == 0 {
		return nil, err
	}
	for _, w := range list {
		if slices.Contains(gone, w.ID) {
			n.Content.Items = append(n.Content.Items, w.item())
		}
	}
	n.Content.Headline, n.Content.Summary = d.summarise(list, gone, now)
	if _, err := Save(ctx, tx, n, sum); err != nil {
		return nil, err
	}
	return gone, d.o.Enqueue(ctx, tx, store.Job{
		Kind: JobDeliver, ID: sum[0].ID, At: now.Add(time.Duration(before) * listEvery), Outward: true,
	})
}

// summarise words the head of a list.
func (d *Deliverer) summarise(list []listed, gone []string, now time.Time) (headline, text string) {
	var large, pending int
	oldest := now
	for _, w := range list {
		if !slices.Contains(gone, w.ID) {
			continue
		}
		if w.CreatedAt.Before(oldest) {
			oldest = w.CreatedAt
		}
		switch {
		case w.Grade == verdict.Large:
			large++
		case w.Urgency() == Grave:
			pending++
		}
	}
	headline = fmt.Sprintf("【汇总】%d件事项合并发送", len(gone))
	var grave []string
	if large > 0 {
		grave = append(grave, fmt.Sprintf("较大%d件", large))
	}
	if pending > 0 {
		grave = append(grave, fmt.Sprintf("等级待定%d件", pending))
	}
	if len(grave) > 0 {
		headline += "（" + strings.Join(grave, "，") + "）"
	}
	text = "消息太多，逐条发送来不及，以下事项合并为一条。"
	if now.Sub(oldest) > d.o.StaleAfter {
		text = "以下事项未能及时发出，现合并补发，时间是发现的时间。"
	}
	return headline, text + "重大以上的不合并，单独发送。"
}

// room is how many bytes the lines of a summary may take together.
func room(s Sender) int {
	if r, ok := s.(Roomy); ok {
		return r.Room()
	}
	return listRoom
}

// unfold ends what a summary's delivery stood for, in the transaction that ends
// the summary: its items are sent with it, or are sent one by one where it failed.
func (d *Deliverer) unfold(ctx context.Context, tx store.Tx, sum Delivery) error {
	q := tx.NewUpdate().Model((*Delivery)(nil)).Where("summary = ?", sum.ID).Where("state = ?", Folded)
	if sum.State == Sent {
		_, err := q.Set("state = ?", Sent).Set("sent_at = ?", sum.SentAt).Set("last_error = ''").Exec(ctx)
		return err
	}
	var back []string
	if err := q.Set("state = ?", Pending).Returning("id").Scan(ctx, &back); err != nil {
		return err
	}
	jobs := make([]store.Job, len(back))
	for i, id := range back {
		jobs[i] = store.Job{Kind: JobDeliver, ID: id, Outward: true}
	}
	return d.o.Enqueue(ctx, tx, jobs...)
}
