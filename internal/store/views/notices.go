package views

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/alerting"
	"huiying/internal/store"
)

// NoticeCount counts the notices of one kind, and their deliveries by state.
type NoticeCount struct {
	Notices    int
	Deliveries map[alerting.State]int
}

// CountNotices counts the notices made in [from, to) by kind.
func CountNotices(ctx context.Context, db store.Conn, from, to time.Time) (map[alerting.Kind]NoticeCount, error) {
	var notices, deliveries []struct {
		Kind  alerting.Kind
		State alerting.State
		N     int
	}
	made := func() *bun.SelectQuery {
		return db.NewSelect().TableExpr("notices AS notice").
			Where("notice.created_at >= ?", from).Where("notice.created_at < ?", to)
	}
	if err := made().ColumnExpr("notice.kind, COUNT(*) AS n").Group("notice.kind").Scan(ctx, &notices); err != nil {
		return nil, fmt.Errorf("count notices: %w", err)
	}
	err := made().ColumnExpr("notice.kind, delivery.state, COUNT(*) AS n").
		Join("JOIN deliveries AS delivery ON delivery.notice_id = notice.id").
		Group("notice.kind", "delivery.state").Scan(ctx, &deliveries)
	if err != nil {
		return nil, fmt.Errorf("count deliveries: %w", err)
	}
	counts := make(map[alerting.Kind]NoticeCount, len(notices))
	for _, n := range notices {
		counts[n.Kind] = NoticeCount{Notices: n.N, Deliveries: map[alerting.State]int{}}
	}
	for _, d := range deliveries {
		counts[d.Kind].Deliveries[d.State] = d.N
	}
	return counts, nil
}

// Told is a delivery with what its notice says.
type Told struct {
	NoticeID  string
	EventID   string // "" for a notice of no event
	Receiver  string
	State     alerting.State
	Attempts  int
	LastError string
	// CreatedAt is when the delivery was made.
	CreatedAt time.Time
	Content   alerting.Content `bun:"content,type:json"`
}

// Undelivered lists the deliveries made before to that nobody has received, oldest first
// and no more than limit: all that are on their way, and those that failed for good since
// from. total counts all. Summaries are left out: what they list is listed itself.
func Undelivered(ctx context.Context, db store.Conn, from, to time.Time, limit int) (list []Told, total int, err error) {
	query := func() *bun.SelectQuery {
		return told(db).Where("delivery.created_at < ?", to).Where("notice.kind <> ?", alerting.KindSummary).
			Where("(delivery.state IN (?) OR (delivery.state = ? AND delivery.created_at >= ?))",
				bun.List([]alerting.State{alerting.Pending, alerting.Sending, alerting.Unsure, alerting.Folded}), alerting.Failed, from)
	}
	n, err := query().Count(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("count undelivered notices: %w", err)
	}
	err = columns(query()).OrderExpr("delivery.created_at, delivery.id").Limit(int64(limit)).Scan(ctx, &list)
	if err != nil {
		return nil, 0, fmt.Errorf("list undelivered notices: %w", err)
	}
	return list, int(n), nil
}

// DeliveryOf reads one delivery with what its notice says.
func DeliveryOf(ctx context.Context, db store.Conn, id string) (t Told, err error) {
	if err := columns(told(db)).Where("delivery.id = ?", id).Scan(ctx, &t); err != nil {
		return t, fmt.Errorf("read delivery %s: %w", id, err)
	}
	return t, nil
}

// HeldBack is a notice that a silence held back.
type HeldBack struct {
	EventID   string
	CreatedAt time.Time
	Content   alerting.Content `bun:"content,type:json"`
}

// HeldBackBy lists the notices of which a silence held back deliveries, oldest first; of
// those made in [from, to) where to is set.
func HeldBackBy(ctx context.Context, db store.Conn, silence string, from, to time.Time) ([]HeldBack, error) {
	var rows []HeldBack
	q := db.NewSelect().TableExpr("notices AS notice").
		ColumnExpr("notice.event_id, notice.content, notice.created_at").
		Where("EXISTS (SELECT 1 FROM deliveries AS delivery WHERE delivery.notice_id = notice.id AND delivery.silence = ?)", silence)
	if !to.IsZero() {
		q = q.Where("notice.created_at >= ?", from).Where("notice.created_at < ?", to)
	}
	if err := q.OrderExpr("notice.created_at, notice.id").Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("list what silence %s held back: %w", silence, err)
	}
	return rows, nil
}

func told(db store.Conn) *bun.SelectQuery {
	return db.NewSelect().TableExpr("deliveries AS delivery").Join("JOIN notices AS notice ON notice.id = delivery.notice_id")
}

func columns(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr("delivery.notice_id, delivery.receiver, delivery.state, delivery.attempts").
		ColumnExpr("delivery.last_error, delivery.created_at, notice.event_id, notice.content")
}
