package digest

import (
	"context"
	"slices"

	"huiying/alerting"
	"huiying/internal/safetext"
	"huiying/internal/store"
	"huiying/internal/store/views"
	"huiying/internal/zh"
)

// countNotices counts the period's notices and how their deliveries fared.
func countNotices(ctx context.Context, db store.Conn, r *Report) error {
	counts, err := views.CountNotices(ctx, db, r.From, r.To)
	if err != nil {
		return err
	}
	order := []alerting.Kind{
		alerting.KindAlert, alerting.KindUpdate, alerting.KindReminder, alerting.KindAnswer,
		alerting.KindReview, alerting.KindDigest, alerting.KindWarning, alerting.KindSummary,
	}
	for _, kind := range order {
		c := NoticeCount{Kind: kind, Notices: counts[kind].Notices}
		for state, n := range counts[kind].Deliveries {
			switch state {
			case alerting.Sent:
				c.Sent += n
			case alerting.Failed:
				c.Failed += n
			case alerting.Silenced:
				c.Silenced += n
			case alerting.Pending, alerting.Sending, alerting.Unsure, alerting.Folded:
				c.Waiting += n
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
	rows, total, err := views.Undelivered(ctx, db, r.From, r.To, listLength)
	if err != nil {
		return err
	}
	r.UndeliveredTotal = total
	for _, row := range rows {
		r.Undelivered = append(r.Undelivered, Delivery{
			NoticeID: row.NoticeID, Headline: row.Content.Headline, Receiver: row.Receiver,
			State: row.State, Attempts: row.Attempts, Reason: safetext.Excerpt(row.LastError, reasonLength),
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
