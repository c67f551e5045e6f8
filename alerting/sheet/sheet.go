// Package sheet takes a message apart into what every sender without blocks of its
// own lays out, made harmless, and fits it into a platform's limit of bytes.
package sheet

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"huiying/alerting"
	"huiying/internal/safetext"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

// maxTitle is how long a title may be, in characters: longer ones leave no room
// for what is to be done.
const maxTitle = 150

// Link is one that may be clicked.
type Link struct {
	// Text says where it leads, the host included where it is not ours.
	Text, Href string
}

// Sheet is a message in parts, each on one line and harmless where Markdown is
// read.
type Sheet struct {
	// Title is never empty.
	Title string
	// Under says what kind of message it is, for whom, and its id.
	Under string
	// Fields are the named facts.
	Fields []alerting.Field
	// Text is the excerpt of the post, marked as such, or what huiying itself says,
	// line by line.
	Text []string
	// Items are the lines of a summary.
	Items []Item
	// Links are the post, the event's page, and where to take the matter on.
	Links []Link
}

// Item is one line of a summary.
type Item struct {
	// Text is its number in the list, when it was and its headline; ID the notice's.
	Text, ID string
	// Links are the event's page, and where to take the matter on.
	Links []Link
}

// New takes a message apart.
func New(m alerting.Message) Sheet {
	s := Sheet{Title: cmp.Or(safetext.Cut(safetext.InertMarkup(m.Content.Headline), maxTitle), safetext.NoTitle)}
	if m.Repeat {
		s.Title = "（可能重复）" + s.Title
	}
	under := []string{m.Kind.Name()}
	if m.Grade != verdict.NoGrade && m.Grade != "" {
		under = append(under, "等级 "+m.Grade.Name())
	}
	under = append(under, "致："+m.Receiver, m.NoticeID)
	s.Under = safetext.InertMarkup(strings.Join(under, " · "))
	for _, f := range m.Content.Fields {
		name, value := safetext.InertMarkup(f.Name), safetext.InertMarkup(f.Value)
		if value != "" {
			s.Fields = append(s.Fields, alerting.Field{Name: name, Value: value})
		}
	}
	s.Text, s.Items = text(m), Items(m)
	if why := safetext.InertMarkup(m.Content.Why); why != "" {
		s.Fields = append(s.Fields, alerting.Field{Name: "判定依据", Value: why})
	}
	if l := safetext.ParseLink(m.Content.Link); l != nil {
		s.Links = append(s.Links, Link{Text: "打开原文（" + l.Host + "）", Href: l.Href})
	} else if m.Content.Link != "" {
		s.Fields = append(s.Fields, alerting.Field{Name: "原文地址", Value: safetext.InertMarkup(safetext.Address(m.Content.Link))})
	}
	if l := safetext.ParseLink(m.Content.Page); l != nil {
		s.Links = append(s.Links, Link{Text: "事件页", Href: l.Href})
	}
	if l := safetext.ParseLink(m.Ack); l != nil {
		s.Links = append(s.Links, Link{Text: "认领", Href: l.Href})
	}
	return s
}

// text is the quoted post, marked so that no post can speak as the system, or
// huiying's own lines as they stand.
func text(m alerting.Message) []string {
	if m.Kind == alerting.KindAlert || m.Kind == alerting.KindUpdate {
		if quoted := safetext.InertMarkup(m.Content.Summary); quoted != "" {
			return []string{"原文摘录：" + quoted}
		}
		return nil
	}
	var lines []string
	for line := range strings.Lines(safetext.Text(m.Content.Summary)) {
		if line = safetext.InertMarkup(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// Items are the lines of a summary, harmless where Markdown is read.
func Items(m alerting.Message) []Item {
	out := make([]Item, len(m.Content.Items))
	for i, it := range m.Content.Items {
		stamp := it.At.In(zh.Beijing())
		when := stamp.Format("15:04")
		if m.At.Sub(it.At) > 12*time.Hour {
			when = stamp.Format("01-02 15:04")
		}
		mark := ""
		if it.Repeat {
			mark = "（可能重复）"
		}
		out[i] = Item{
			Text: fmt.Sprintf("%d. %s %s%s", i+1, when, mark, safetext.InertMarkup(it.Headline)), ID: safetext.InertMarkup(it.Notice),
		}
		if l := safetext.ParseLink(it.Page); l != nil {
			out[i].Links = append(out[i].Links, Link{Text: "事件页", Href: l.Href})
		}
		if l := safetext.ParseLink(it.Ack); l != nil {
			out[i].Links = append(out[i].Links, Link{Text: "认领", Href: l.Href})
		}
	}
	return out
}

// Fit keeps of items, in order, what fits into limit bytes when each ends in sep,
// and says how many it left out and where they stand. No item is cut, but for a
// first one that is too long by itself.
func Fit(items []string, sep string, limit int) []string {
	if total(items, sep) <= limit {
		return items
	}
	limit -= len(left(len(items))) + len(sep)
	var kept []string
	cut := 0
	for _, item := range items {
		if limit -= len(item) + len(sep); limit < 0 {
			if kept == nil {
				kept, cut = append(kept, safetext.CutBytes(item, limit+len(item))), 1 // not all of it is listed
			}
			break
		}
		kept = append(kept, item)
	}
	return append(kept, left(len(items)-len(kept)+cut))
}

func total(items []string, sep string) int {
	n := 0
	for _, item := range items {
		n += len(item) + len(sep)
	}
	return n
}

func left(n int) string {
	return fmt.Sprintf("（还有 %d 项没有列出，全文见事件页）", n)
}
