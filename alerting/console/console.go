// Package console prints notices to a terminal, for the demonstration, for trying
// out, and as the place of last resort when no chat can be reached.
package console

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-runewidth"

	"huiying/alerting"
	"huiying/alerting/sheet"
	"huiying/internal/safetext"
	"huiying/internal/verdict"
	"huiying/internal/zh"
)

const (
	// remembered is how many notices are known to stand on the screen in full.
	remembered = 512
	minWidth   = 40
	// minNames and maxNames bound the column of the field names: four Han
	// characters and a gap at least.
	minNames = 10
	maxNames = 20
)

// Options say how to print.
type Options struct {
	// Color uses ANSI colours. Leave it off where the writer is no terminal.
	Color bool
	// Width is the width of the screen in columns, a Han character taking two.
	// Defaults to 88; at least 40.
	Width int
	// Zone is where times are shown. Defaults to +08:00.
	Zone *time.Location
}

// Sender prints notices, one at a time. Safe for use by many goroutines.
type Sender struct {
	o     Options
	width *runewidth.Condition

	mu    sync.Mutex
	w     io.Writer
	shown map[string]bool
	order []string
}

var _ alerting.Sender = (*Sender)(nil)

// New returns a Sender that prints to w.
func New(w io.Writer, o Options) *Sender {
	if o.Width == 0 {
		o.Width = 88
	}
	o.Width = max(o.Width, minWidth)
	if o.Zone == nil {
		o.Zone = zh.Beijing()
	}
	// Not from the environment: what is printed must not hang on a locale.
	return &Sender{o: o, width: &runewidth.Condition{}, w: w, shown: make(map[string]bool)}
}

// Send implements alerting.Sender. A notice is printed in full for its first
// receiver; for the others one line names them.
func (s *Sender) Send(_ context.Context, m alerting.Message) (alerting.Ref, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.full(m)
	if s.shown[m.NoticeID] {
		text = s.again(m)
	}
	if _, err := io.WriteString(s.w, text); err != nil {
		return alerting.Ref{}, &alerting.Failure{Reason: alerting.Retry, Err: fmt.Errorf("console: %w", err)}
	}
	s.remember(m.NoticeID)
	return alerting.Ref{}, nil
}

func (s *Sender) remember(id string) {
	if s.shown[id] {
		return
	}
	s.shown[id] = true
	s.order = append(s.order, id)
	if len(s.order) > remembered {
		delete(s.shown, s.order[0])
		s.order = s.order[1:]
	}
}

func (s *Sender) full(m alerting.Message) string {
	c := m.Content
	ink := s.ink(m)
	p := &page{s: s, names: minNames}
	for _, f := range c.Fields {
		p.names = min(max(p.names, s.cols(safetext.Line(f.Name))+2), maxNames, s.o.Width/3)
	}
	b := &p.b
	label := " " + m.Kind.Name() + " " + m.At.In(s.o.Zone).Format("15:04:05") + " "
	to := " 致 " + safetext.Line(m.Receiver) + " "
	fill := max(s.o.Width-4-s.cols(label)-s.cols(to), 2)
	b.WriteString("\n" + s.paint(ink, "━━"+label+strings.Repeat("━", fill)+to+"━━") + "\n")
	headline := safetext.Line(c.Headline)
	if m.Repeat {
		headline = "（可能重复）" + headline
	}
	for _, line := range s.wrap(headline, s.o.Width) {
		b.WriteString(s.paint(bold+";"+ink, line) + "\n")
	}
	for _, f := range c.Fields {
		p.field(f.Name, safetext.Line(f.Value))
	}
	if c.Summary != "" {
		p.summary(m)
	}
	for _, it := range sheet.Items(m) {
		p.item(it)
	}
	if c.Why != "" {
		p.field("判定依据", safetext.Line(c.Why))
	}
	if c.Link != "" {
		p.address("原文", c.Link)
	}
	if c.Page != "" {
		p.address("事件页", c.Page)
	}
	return b.String()
}

// page is one message while it is laid out.
type page struct {
	s     *Sender
	b     strings.Builder
	names int // columns of the field names
}

// summary prints the quoted post, or what huiying itself has to say, line by line.
func (p *page) summary(m alerting.Message) {
	if m.Kind == alerting.KindAlert || m.Kind == alerting.KindUpdate {
		p.field("原文摘录", safetext.Line(m.Content.Summary))
		return
	}
	for line := range strings.SplitSeq(strings.TrimSpace(safetext.Text(m.Content.Summary)), "\n") {
		for _, part := range p.s.wrap(line, p.s.o.Width-2) {
			p.b.WriteString("  " + part + "\n")
		}
	}
}

// item prints one line of a summary.
func (p *page) item(it sheet.Item) {
	for i, line := range p.s.wrap(safetext.Line(it.Text), p.s.o.Width-5) {
		p.b.WriteString(strings.Repeat(" ", 2+3*min(i, 1)) + line + "\n")
	}
	p.b.WriteString("     " + p.s.paint(faint, safetext.Line(it.ID)) + "\n")
	for _, l := range it.Links {
		p.b.WriteString("     " + p.s.paint(faint, l.Text) + " " + l.Href + "\n")
	}
}

// field prints a name and its value, the value wrapped in its own column.
func (p *page) field(name, value string) {
	for i, line := range p.s.wrap(value, p.s.o.Width-p.names-2) {
		if i > 0 {
			name = ""
		}
		p.line(name, line)
	}
}

// address prints a link on one line, however long: broken, it could not be
// clicked.
func (p *page) address(name, raw string) {
	if l := safetext.ParseLink(raw); l != nil {
		p.line(name, l.Href)
		return
	}
	p.line(name, safetext.Inert(safetext.Address(raw))+"（地址可疑，请勿打开）")
}

func (p *page) line(name, text string) {
	name = p.s.width.Truncate(safetext.Line(name), p.names-1, safetext.Ellipsis)
	p.b.WriteString("  " + p.s.paint(faint, p.s.width.FillRight(name, p.names)) + text + "\n")
}

func (s *Sender) again(m alerting.Message) string {
	line := "   ┗ 同送 " + safetext.Line(m.Receiver) + "：" + safetext.Line(m.Content.Headline)
	return s.paint(s.ink(m), s.width.Truncate(line, s.o.Width, safetext.Ellipsis)) + "\n"
}

// closers may not begin a line (避头点).
const closers = "，。、；：？！）》」』】”’…,.;:?!)"

// wrap breaks a line at width columns. Han text breaks anywhere but before
// closing punctuation; runs of Latin letters and digits stay whole where they fit.
func (s *Sender) wrap(text string, width int) []string {
	var lines []string
	rs := []rune(text)
	for len(rs) > 0 {
		end, used := 0, 0
		for end < len(rs) {
			w := s.width.RuneWidth(rs[end])
			if used+w > width {
				break
			}
			used += w
			end++
		}
		if end < len(rs) {
			end = breakBefore(rs, max(end, 1))
		}
		lines = append(lines, strings.TrimRight(string(rs[:end]), " "))
		rs = []rune(strings.TrimLeft(string(rs[end:]), " "))
	}
	return lines
}

func breakBefore(rs []rune, end int) int {
	at := end
	for at > end/2 && at > 1 && (strings.ContainsRune(closers, rs[at]) || narrow(rs[at]) && narrow(rs[at-1])) {
		at--
	}
	if at <= end/2 || at <= 1 {
		return end
	}
	return at
}

func narrow(r rune) bool { return r > ' ' && r < 0x80 }

func (s *Sender) cols(text string) int { return s.width.StringWidth(text) }

// ANSI colours (ECMA-48, select graphic rendition).
const (
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	blue   = "34"
	pink   = "35"
	cyan   = "36"
)

// ink is the colour of a message: by gravity first, else by what it is.
func (s *Sender) ink(m alerting.Message) string {
	switch m.Grade {
	case verdict.Extreme, verdict.Major:
		return red
	case verdict.Large, verdict.Pending:
		return pink
	case verdict.Ordinary, verdict.NoGrade:
	}
	switch m.Kind {
	case alerting.KindReminder, alerting.KindReview, alerting.KindWarning, alerting.KindSummary:
		return yellow
	case alerting.KindDigest, alerting.KindAnswer:
		return green
	case alerting.KindAlert, alerting.KindUpdate:
	}
	if m.Category == verdict.Emergency || m.Category == verdict.Morality {
		return cyan
	}
	return blue
}

func (s *Sender) paint(code, text string) string {
	if !s.o.Color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
