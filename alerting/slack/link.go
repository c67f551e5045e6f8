package slack

import (
	"strings"

	"huiying/alerting"
	"huiying/internal/safetext"
)

// links is the one line of a message that can be clicked: the post, huiying's own
// page of the event, and where to say that one is on it. It is Slack's markup,
// built from checked parts only.
func links(m alerting.Message) string {
	c := m.Content
	var parts []string
	if l := safetext.ParseLink(c.Link); l != nil {
		parts = append(parts, link(l.Href, "打开原文（"+l.Host+"）"))
	} else if c.Link != "" {
		parts = append(parts, "原文地址："+safetext.InertMarkup(safetext.Address(c.Link)))
	}
	if l := safetext.ParseLink(c.Page); l != nil {
		parts = append(parts, link(l.Href, "事件页（"+l.Host+"）"))
	}
	if l := safetext.ParseLink(m.Ack); l != nil {
		parts = append(parts, link(l.Href, "认领"))
	}
	return strings.Join(parts, "　")
}

func link(href, text string) string {
	return "<" + strings.ReplaceAll(href, "&", "&amp;") + "|" + text + ">"
}
