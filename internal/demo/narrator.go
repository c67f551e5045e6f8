package demo

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/mattn/go-runewidth"

	"huiying/crawler/schedule"
	"huiying/event"
	"huiying/internal/verdict"
	"huiying/internal/zh"
	"huiying/pipeline"
)

// lineWidth is the width of the narrator's rules in terminal cells.
const lineWidth = 84

// Narrator prints what happens in a way a person enjoys reading, a line for each
// thing. It is safe for concurrent use.
type Narrator struct {
	now    func() time.Time
	colour bool

	mu sync.Mutex
	w  io.Writer
	// fresh counts each source's posts since its last round.
	fresh map[string]int
	// rounds and quiet count what was read and what had not changed.
	rounds, quiet int
}

// NewNarrator builds a Narrator that writes to w: in restrained colour where w is
// a terminal and NO_COLOR is not set, plainly elsewhere.
func NewNarrator(w io.Writer, now func() time.Time) *Narrator {
	f, ok := w.(*os.File)
	return &Narrator{
		now: now, w: w, fresh: map[string]int{},
		colour: ok && isatty.IsTerminal(f.Fd()) && os.Getenv("NO_COLOR") == "",
	}
}

// The narrator's colours: SGR parameters.
const (
	bold   = "1"
	faint  = "2"
	amber  = "33"
	green  = "32"
	redInk = "1;31"
)

// Opening names what is watched and where the page is.
func (n *Narrator) Opening(places []Place, page string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var b strings.Builder
	b.WriteString("\n  " + n.ink(bold, "回应 huiying · 演示") + n.ink(faint, "   长治市能源局舆情回应，五处来源都在本机，内容均为虚构") + "\n")
	b.WriteString("  " + n.ink(faint, strings.Repeat("─", lineWidth)) + "\n")
	for _, p := range places {
		at := p.URL + p.Entrance
		if strings.Contains(p.Entrance, "{") {
			at = p.URL
		}
		b.WriteString("  " + pad(p.Name, 14) + pad(p.Kind, 14) + n.ink(faint, at) + "\n")
	}
	b.WriteString("  " + n.ink(faint, strings.Repeat("─", lineWidth)) + "\n")
	if page != "" {
		b.WriteString("  " + pad("网页", 14) + n.ink(bold, page) + n.ink(faint, "   Ctrl-C 结束") + "\n")
	}
	n.print(b.String())
}

// Chapter opens a chapter of the story, numbered from 1.
func (n *Narrator) Chapter(number int, c Chapter) {
	n.mu.Lock()
	defer n.mu.Unlock()
	head := "第" + numeral(number) + "章 · " + c.Title
	rest := max(lineWidth-4-runewidth.StringWidth(head), 4)
	n.print("\n  " + n.ink(amber, "━━ "+head+" "+strings.Repeat("━", rest)) + "\n     " + n.ink(faint, c.Text) + "\n\n")
}

// Round tells of one finished round of a source: how many posts were new or
// changed, as far as Saw was told of them. A round without any says nothing, and
// is counted for Closing.
func (n *Narrator) Round(f schedule.Outcome) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.rounds++
	fresh := n.fresh[f.Source.ID]
	delete(n.fresh, f.Source.ID)
	switch {
	case f.Err != nil:
		n.line(n.ink(redInk, "出错  ") + pad(f.Source.Name, 12) + f.Err.Error())
	case fresh == 0:
		n.quiet++
	case f.First:
		n.line(n.ink(faint, "读到  ") + pad(f.Source.Name, 12) + fmt.Sprintf("%d 条", fresh) + n.ink(faint, "  头一轮都是存量，不启动时限"))
	default:
		n.line(n.ink(faint, "读到  ") + pad(f.Source.Name, 12) + fmt.Sprintf("新的 %d 条", fresh))
	}
}

// Saw tells what one post did: that it joined an event, raised it, opened clocks
// or waits for a person. Alerts themselves are the console's to print.
func (n *Narrator) Saw(o pipeline.Outcome) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fresh[o.Post.Source]++
	if o.Event == nil {
		return
	}
	title := short(o.Event.Title)
	switch {
	case o.Change.Raised:
		n.line(n.ink(redInk, "升级  ") + pad(o.Post.SourceName, 12) + o.Change.Grade.Name() + " → " +
			n.ink(redInk, o.Event.Grade.Name()) + "  " + title)
	case o.Change.Alerted:
		n.line(n.ink(redInk, "告警  ") + pad(o.Post.SourceName, 12) + heading(*o.Event) + "  " + title)
	case o.Join.Event != "":
		n.line(n.ink(green, "归并  ") + pad(o.Post.SourceName, 12) + n.ink(faint, "同一件事，不再告警  ") + title)
	case o.Revision == 1 && o.Event.Handling == verdict.Review:
		n.line(n.ink(faint, "复核  ") + pad(o.Post.SourceName, 12) + n.ink(faint, title))
	}
	if len(o.Clocks) == 0 {
		return
	}
	var due []string
	for _, c := range o.Clocks {
		due = append(due, c.Kind.Name()+" "+c.DueAt.In(zh.Beijing()).Format("1月2日 15:04")+" 到期")
	}
	n.line(n.ink(amber, "计时  ") + pad(owner(*o.Event), 12) + strings.Join(due, "，"))
}

// heading is an event's category and grade.
func heading(e event.Event) string {
	if e.Grade == verdict.NoGrade {
		return e.Category.Name()
	}
	return e.Category.Name() + "·" + e.Grade.Name()
}

// owner is the section that is first responsible.
func owner(e event.Event) string {
	if len(e.Sections) == 0 {
		return "局办公室"
	}
	return e.Sections[0]
}

// Summary is what a told story came to.
type Summary struct {
	Posts    int
	Handling map[verdict.Handling]int
	Events   int
	Alerts   int
	Updates  int
	Cases    int
	// Digest is the file of the day's digest; empty for none.
	Digest string
}

// Closing sums the story up, with the address of the web page where it goes on
// being served, else with an empty one.
func (n *Narrator) Closing(s Summary, page string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var b strings.Builder
	b.WriteString("\n  " + n.ink(amber, "━━ 尾声 "+strings.Repeat("━", lineWidth-8)) + "\n")
	fmt.Fprintf(&b, "     读了 %d 轮（%d 轮没有变化），%d 条帖子：", n.rounds, n.quiet, s.Posts)
	fmt.Fprintf(&b, "告警 %d，复核 %d，无关 %d\n", s.Handling[verdict.Alert], s.Handling[verdict.Review], s.Handling[verdict.None])
	fmt.Fprintf(&b, "     归成 %d 件事，发出告警 %d 次、更新 %d 次，%d 个案件正在计时\n", s.Events, s.Alerts, s.Updates, s.Cases)
	if s.Digest != "" {
		b.WriteString("     今日日报  " + s.Digest + "\n")
	}
	if page != "" {
		b.WriteString("     " + n.ink(green, "网页仍在  ") + n.ink(bold, page) + n.ink(faint, "   Ctrl-C 结束") + "\n")
	}
	b.WriteString("\n")
	n.print(b.String())
}

// line prints one line with the time. The caller holds mu.
func (n *Narrator) line(text string) {
	n.print("     " + n.ink(faint, n.now().In(zh.Beijing()).Format(time.TimeOnly)) + "  " + text + "\n")
}

// Write lets others print between the narrator's lines, such as the console that
// prints the alerts, without cutting into them.
func (n *Narrator) Write(text []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.w.Write(text)
}

// print writes whole lines. A terminal that went away is no reason to end.
func (n *Narrator) print(text string) { _, _ = io.WriteString(n.w, text) }

// ink colours a text where the writer is a terminal.
func (n *Narrator) ink(sgr, text string) string {
	if !n.colour {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

// pad fills a text with spaces to a width in terminal cells. Ambiguous characters
// count as narrow, whatever the locale.
func pad(text string, width int) string {
	narrow := runewidth.Condition{}
	return narrow.FillRight(text, width)
}

// short cuts a title to a width that leaves room for what stands before it.
func short(title string) string {
	narrow := runewidth.Condition{}
	return narrow.Truncate(title, 40, "…")
}

// numeral is a chapter's number in Chinese, up to ten.
func numeral(n int) string {
	digits := []rune("零一二三四五六七八九十")
	if n < 0 || n >= len(digits) {
		return fmt.Sprint(n)
	}
	return string(digits[n])
}
