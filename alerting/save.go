package alerting

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
	"huiying/internal/verdict"
)

// Plan makes the deliveries of a notice, one for each receiver. Where parent is
// the id of an earlier notice, each answers that notice's message to the same
// receiver in its thread, if there is one.
func Plan(n Notice, rs []Receiver, parent string) []Delivery {
	ds := make([]Delivery, 0, len(rs))
	for _, r := range rs {
		d := Delivery{
			ID:        n.ID + "/" + r.Name,
			NoticeID:  n.ID,
			Receiver:  r.Name,
			Target:    r.Target,
			State:     Pending,
			Urgent:    n.Grade.Rank() >= verdict.Major.Rank(),
			CreatedAt: n.CreatedAt,
		}
		if parent != "" {
			d.Parent = parent + "/" + r.Name
		}
		ds = append(ds, d)
	}
	return ds
}

// Save stores a notice with its deliveries, and reports false and stores nothing
// where the notice is there already. Call it in the transaction that decided on
// the notice.
func Save(ctx context.Context, tx store.Conn, n Notice, ds []Delivery) (created bool, err error) {
	if n.Sections == nil {
		n.Sections = []string{}
	}
	res, err := tx.NewInsert().Model(&n).On("CONFLICT (id) DO NOTHING").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("save notice %s: %w", n.ID, err)
	}
	if rows, err := res.RowsAffected(); err != nil {
		return false, fmt.Errorf("save notice %s: %w", n.ID, err)
	} else if rows == 0 {
		return false, nil
	}
	if len(ds) == 0 {
		return true, nil
	}
	if _, err := tx.NewInsert().Model(&ds).Exec(ctx); err != nil {
		return false, fmt.Errorf("save deliveries of notice %s: %w", n.ID, err)
	}
	return true, nil
}

// NoticeByID reads one notice. The error wraps sql.ErrNoRows where there is none.
func NoticeByID(ctx context.Context, db store.Conn, id string) (n Notice, err error) {
	if err := db.NewSelect().Model(&n).Where("id = ?", id).Scan(ctx); err != nil {
		return n, fmt.Errorf("read notice %s: %w", id, err)
	}
	return n, nil
}

// NoticeExists reports whether a notice was made.
func NoticeExists(ctx context.Context, db store.Conn, id string) (bool, error) {
	made, err := db.NewSelect().Model((*Notice)(nil)).Where("id = ?", id).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look for notice %s: %w", id, err)
	}
	return made, nil
}

// NoticesSince reads the notices of some kinds made since a moment, oldest first.
func NoticesSince(ctx context.Context, db store.Conn, since time.Time, kinds ...Kind) (ns []Notice, err error) {
	err = db.NewSelect().Model(&ns).Where("kind IN (?)", bun.List(kinds)).Where("created_at >= ?", since).
		Order("created_at", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read notices since %s: %w", since.Format(time.RFC3339), err)
	}
	return ns, nil
}

// LastWarning reads the latest warning whose id begins with one text and does not end in
// another; nil where there is none.
func LastWarning(ctx context.Context, db store.Conn, prefix, notSuffix string) (*Notice, error) {
	var found []Notice
	err := db.NewSelect().Model(&found).Where("kind = ?", KindWarning).
		Where("id LIKE ?", prefix+"%").Where("id NOT LIKE ?", "%"+notSuffix).
		Order("created_at DESC").Limit(1).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the last warning %s: %w", prefix, err)
	}
	if len(found) == 0 {
		return nil, nil //nolint:nilnil // none is an answer
	}
	return &found[0], nil
}

// CountOpen counts the deliveries that are neither sent nor given up nor silenced.
func CountOpen(ctx context.Context, db store.Conn) (int, error) {
	n, err := db.NewSelect().Model((*Delivery)(nil)).Where("state NOT IN (?, ?, ?)", Sent, Failed, Silenced).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count open deliveries: %w", err)
	}
	return int(n), nil
}

// NoticesOf reads the notices of an event, oldest first.
func NoticesOf(ctx context.Context, db store.Conn, eventID string) ([]Notice, error) {
	var ns []Notice
	if err := db.NewSelect().Model(&ns).Where("event_id = ?", eventID).
		Order("created_at", "step", "id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read notices of event %s: %w", eventID, err)
	}
	return ns, nil
}

// DeliveriesOf reads the deliveries of notices, notice by notice, oldest first.
func DeliveriesOf(ctx context.Context, db store.Conn, noticeIDs []string) ([]Delivery, error) {
	if len(noticeIDs) == 0 {
		return nil, nil
	}
	var ds []Delivery
	if err := db.NewSelect().Model(&ds).Where("notice_id IN ?", bun.Tuple(noticeIDs)).
		Order("created_at", "notice_id", "id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read deliveries of %d notices: %w", len(noticeIDs), err)
	}
	return ds, nil
}
