package slack

import (
	"strings"

	"huiying/alerting"
)

// links is the one line of a message that can be clicked: the post, huiying's own
// page of the event, and where to say that one is on it. It is Slack's markup,
// built from checked parts only.
func links(m alerting.Message) string {
	c := m.Content
	var parts []string
	if l, ok := alerting.PublicLink(c.Link); ok {
		parts = append(parts, link(l, "打开原文（"+l.Host+"）"))
	} else if c.Link != "" {
		parts = append(parts, "原文地址："+alerting.Cut(alerting.InertMarkup(c.Link), maxAddress))
	}
	if l, ok := alerting.PublicLink(c.Page); ok {
		parts = append(parts, link(l, "事件页（"+l.Host+"）"))
	}
	if l, ok := alerting.PublicLink(m.Ack); ok {
		parts = append(parts, link(l, "认领"))
	}
	return strings.Join(parts, "　")
}

func link(l alerting.Link, text string) string {
	return "<" + strings.ReplaceAll(l.Href, "&", "&amp;") + "|" + text + ">"
}
