package slack

import (
	"cmp"
	"strings"

	slackgo "github.com/slack-go/slack"

	"huiying/alerting"
	"huiying/internal/safetext"
	"huiying/internal/verdict"
)

// Slack's limits (Block Kit reference), and our own for the whole: Slack refuses
// blocks that are together too long without saying where the limit lies.
const (
	maxHeader  = 150
	maxSection = 3000
	maxField   = 2000
	maxFields  = 10
	maxContext = 2000
	maxText    = 1000
	maxWhole   = 10000
	maxBlocks  = 49 // of 50, one is for buttons
)

const unfinished = "（未完，全文见事件页）"

// layout is a message ready to be posted: blocks, and the text that notifications
// show instead.
type layout struct {
	text   string
	blocks []slackgo.Block
}

// compose lays out a message; with clicks, each line of a summary has its button. Every text that may come from a post stands in a
// plain_text object, in which Slack reads no markup, and has been made inert
// besides; the only mrkdwn is the line of links, which links builds.
func compose(m alerting.Message, clicks bool) layout {
	c := m.Content
	headline := cmp.Or(safetext.Inert(safetext.Line(c.Headline)), safetext.NoTitle)
	if m.Repeat {
		headline = "（可能重复）" + headline
	}
	var blocks []slackgo.Block
	blocks = append(blocks,
		slackgo.NewHeaderBlock(plain(headline, maxHeader)),
		slackgo.NewContextBlock("", plain(subtitle(m), maxContext)))
	if safetext.Length(headline) > maxHeader {
		blocks = append(blocks, slackgo.NewSectionBlock(plain(headline, maxSection), nil, nil))
	}
	tail := closing(m)
	budget := maxWhole
	for _, f := range fieldBlocks(c.Fields, &budget) {
		if len(blocks)+len(tail) < maxBlocks-10 {
			blocks = append(blocks, f)
		}
	}
	for _, chunk := range chunks(summary(m), budget) {
		if len(blocks)+len(tail) < maxBlocks {
			blocks = append(blocks, slackgo.NewSectionBlock(plain(chunk, maxSection), nil, nil))
		}
	}
	blocks = append(blocks, itemBlocks(m, clicks)...)
	blocks = append(blocks, tail...)
	text := []string{headline, "致：" + safetext.Inert(safetext.Line(m.Receiver))}
	if s := summary(m); s != "" {
		text = append(text, s)
	}
	for _, it := range m.Content.Items {
		text = append(text, safetext.Inert(safetext.Line(it.Headline)))
	}
	return layout{text: safetext.Cut(strings.Join(text, "\n"), maxText), blocks: blocks}
}

// subtitle says what kind of message it is and whom it is for.
func subtitle(m alerting.Message) string {
	parts := []string{m.Kind.Name()}
	if m.Category != "" {
		parts = append(parts, m.Category.Name())
	}
	if m.Grade != verdict.NoGrade {
		parts = append(parts, "等级 "+m.Grade.Name())
	}
	parts = append(parts, "致："+m.Receiver, m.NoticeID)
	return safetext.Inert(safetext.Line(strings.Join(parts, " ｜ ")))
}

// summary is the quoted post, marked as such so that no post can speak as the
// system; what huiying itself writes stands as it is.
func summary(m alerting.Message) string {
	s := strings.TrimSpace(safetext.Inert(m.Content.Summary))
	if s == "" {
		return ""
	}
	if m.Kind == alerting.KindAlert || m.Kind == alerting.KindUpdate {
		return "原文摘录：" + s
	}
	return s
}

func fieldBlocks(fields []alerting.Field, budget *int) []slackgo.Block {
	var out []slackgo.Block
	var row []*slackgo.TextBlockObject
	for _, f := range fields {
		text := safetext.Cut(safetext.Inert(safetext.Line(f.Name+"："+f.Value)), min(maxField, *budget))
		if text == "" {
			continue
		}
		*budget -= safetext.Length(text)
		row = append(row, plain(text, maxField))
		if len(row) == maxFields {
			out = append(out, slackgo.NewSectionBlock(nil, row, nil))
			row = nil
		}
	}
	if len(row) > 0 {
		out = append(out, slackgo.NewSectionBlock(nil, row, nil))
	}
	return out
}

// chunks splits a text into sections at line ends where it can. What does not fit
// into budget is left to the page, and the text says so.
func chunks(s string, budget int) []string {
	if safetext.Length(s) > budget {
		s = safetext.Cut(s, max(budget-safetext.Length(unfinished), 1)) + unfinished
	}
	var out []string
	for safetext.Length(s) > maxSection {
		head := strings.TrimSuffix(safetext.Cut(s, maxSection), safetext.Ellipsis)
		if i := strings.LastIndexByte(head, '\n'); i > len(head)/2 {
			head = head[:i]
		}
		out = append(out, head)
		s = strings.TrimLeft(s[len(head):], " \n")
	}
	if s != "" {
		out = append(out, s)
	}
	return out
}

// closing is why the rules spoke, and the links.
func closing(m alerting.Message) []slackgo.Block {
	var out []slackgo.Block
	if why := safetext.Inert(safetext.Line(m.Content.Why)); why != "" {
		out = append(out, slackgo.NewContextBlock("", plain("判定依据："+why, maxContext)))
	}
	if l := links(m); l != "" {
		text := slackgo.NewTextBlockObject(slackgo.MarkdownType, l, false, true)
		out = append(out, slackgo.NewSectionBlock(text, nil, nil))
	}
	return out
}

func plain(s string, n int) *slackgo.TextBlockObject {
	return slackgo.NewTextBlockObject(slackgo.PlainTextType, safetext.Cut(s, n), false, false)
}
