package alerting

import (
	"strings"
	"time"
)

// copyPrefix marks the ids of copies, which are not copied again.
const copyPrefix = "U-"

// Copy makes the warning that tells others what could not be delivered to one
// receiver, with all it said. ok is false where the failed delivery is itself of
// such a copy: then only the log, the page and the digest are left to tell.
func Copy(n Notice, d Delivery, now time.Time) (c Notice, ok bool) {
	if strings.HasPrefix(n.ID, copyPrefix) {
		return Notice{}, false
	}
	c = Notice{
		ID: copyPrefix + d.ID, Kind: KindWarning, EventID: n.EventID, Step: n.Step, Category: n.Category,
		Grade: n.Grade, Sections: n.Sections, Content: n.Content, CreatedAt: now,
	}
	c.Content.Headline = "【未送达" + d.Receiver + "，请代为通知】" + n.Content.Headline
	if c.Content.Summary != "" && (n.Kind == KindAlert || n.Kind == KindUpdate) {
		// Senders mark as quoted only what alerts quote.
		c.Content.Summary = "原文摘录：" + c.Content.Summary
	}
	c.Content.Fields = append([]Field{
		{Name: "应送", Value: d.Receiver + "（" + d.Target + "）"},
		{Name: "原因", Value: d.LastError},
	}, n.Content.Fields...)
	return c, true
}
