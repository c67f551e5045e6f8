package digest

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"huiying/alerting"
	"huiying/internal/store"
	"huiying/internal/zh"
)

// open are the states of deliveries that are still on their way.
func open() []alerting.State {
	return []alerting.State{alerting.Pending, alerting.Sending, alerting.Unsure, alerting.Folded}
}

// countNotices counts the period's notices and how their deliveries fared.
func countNotices(ctx context.Context, db store.Conn, r *Report) error {
	var kinds []struct {
		Kind alerting.Kind `bun:"kind"`
		N    int           `bun:"n"`
	}
	err := db.NewSelect().TableExpr("notices AS notice").
		Column("kind").ColumnExpr("COUNT(*) AS n").
		Where("notice.created_at >= ?", r.From).Where("notice.created_at < ?", r.To).
		Group("kind").Scan(ctx, &kinds)
	if err != nil {
		return err
	}
	var states []struct {
		Kind  alerting.Kind  `bun:"kind"`
		State alerting.State `bun:"state"`
		N     int            `bun:"n"`
	}
	err = db.NewSelect().TableExpr("notices AS notice").
		ColumnExpr("notice.kind, delivery.state, COUNT(*) AS n").
		Join("JOIN deliveries AS delivery ON delivery.notice_id = notice.id").
		Where("notice.created_at >= ?", r.From).Where("notice.created_at < ?", r.To).
		GroupExpr("notice.kind, delivery.state").Scan(ctx, &states)
	if err != nil {
		return err
	}
	order := []alerting.Kind{
		alerting.KindAlert, alerting.KindUpdate, alerting.KindReminder, alerting.KindAnswer,
		alerting.KindReview, alerting.KindDigest, alerting.KindWarning, alerting.KindSummary,
	}
	for _, kind := range order {
		c := NoticeCount{Kind: kind}
		for _, k := range kinds {
			if k.Kind == kind {
				c.Notices = k.N
			}
		}
		for _, s := range states {
			switch {
			case s.Kind != kind:
			case s.State == alerting.Sent:
				c.Sent += s.N
			case s.State == alerting.Failed:
				c.Failed += s.N
			case s.State == alerting.Silenced:
				c.Silenced += s.N
			default:
				c.Waiting += s.N
			}
		}
		if c.Notices > 0 {
			r.Notices = append(r.Notices, c)
		}
	}
	return nil
}

// collectUndelivered lists what nobody has received: everything still on its
// way, whenever it was made, and what failed for good in the period.
func collectUndelivered(ctx context.Context, db store.Conn, r *Report) error {
	var rows []struct {
		NoticeID  string           `bun:"notice_id"`
		Receiver  string           `bun:"receiver"`
		State     alerting.State   `bun:"state"`
		Attempts  int              `bun:"attempts"`
		LastError string           `bun:"last_error"`
		CreatedAt time.Time        `bun:"created_at"`
		Content   alerting.Content `bun:"content,type:json"`
	}
	query := func() *bun.SelectQuery {
		return db.NewSelect().TableExpr("deliveries AS delivery").
			Join("JOIN notices AS notice ON notice.id = delivery.notice_id").
			Where("delivery.created_at < ?", r.To).
			Where("notice.kind <> ?", alerting.KindSummary). // what it lists is listed here
			Where("(delivery.state IN (?) OR (delivery.state = ? AND delivery.created_at >= ?))",
				bun.List(open()), alerting.Failed, r.From)
	}
	total, err := query().Count(ctx)
	if err != nil {
		return err
	}
	r.UndeliveredTotal = int(total)
	err = query().
		ColumnExpr("delivery.notice_id, delivery.receiver, delivery.state, delivery.attempts").
		ColumnExpr("delivery.last_error, delivery.created_at, notice.content").
		OrderExpr("delivery.created_at, delivery.id").Limit(listLength).
		Scan(ctx, &rows)
	if err != nil {
		return err
	}
	for _, row := range rows {
		r.Undelivered = append(r.Undelivered, Delivery{
			NoticeID: row.NoticeID, Headline: row.Content.Headline, Receiver: row.Receiver,
			State: row.State, Attempts: row.Attempts, Reason: Short(row.LastError, reasonLength),
			Since: row.CreatedAt.In(zh.Beijing()),
		})
	}
	return nil
}

// KindName is what the office calls a kind of notice.
func KindName(k alerting.Kind) string {
	switch k {
	case alerting.KindAlert:
		return "告警"
	case alerting.KindUpdate:
		return "更新"
	case alerting.KindReminder:
		return "时限提醒"
	case alerting.KindAnswer:
		return "疑似答复"
	case alerting.KindReview:
		return "请审核"
	case alerting.KindDigest:
		return "日报"
	case alerting.KindWarning:
		return "系统提醒"
	case alerting.KindSummary:
		return "汇总"
	}
	return string(k)
}

// StateName says in Chinese how far a delivery has come.
func StateName(s alerting.State) string {
	switch s {
	case alerting.Pending:
		return "待发送"
	case alerting.Sending:
		return "发送中"
	case alerting.Unsure:
		return "结果不明，核对中"
	case alerting.Sent:
		return "已送达"
	case alerting.Failed:
		return "发送失败"
	case alerting.Silenced:
		return "被静默"
	case alerting.Folded:
		return "已列入汇总，待发送"
	}
	return string(s)
}

// receivers lists who still waits for a notice, each once.
func receivers(list []Delivery) []string {
	var names []string
	for _, d := range list {
		if !slices.Contains(names, d.Receiver) {
			names = append(names, d.Receiver)
		}
	}
	return names
}
