package rulebook

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"huiying/internal/verdict"
)

// Show writes a replay the way editors read it, with at most so many events of
// either kind.
func (r Replay) Show(w io.Writer, took time.Duration, most int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "档案 %s 帖 / %s 个事件", grouped(r.Posts), grouped(r.Events))
	if r.Days > 0 {
		fmt.Fprintf(&b, ", %d 天", r.Days)
	}
	fmt.Fprintf(&b, ", 用时 %s\n", spent(took))
	row := func(cells ...string) {
		for i, width := range []int{12, 9, 9} {
			b.WriteString(pad(cells[i], width))
		}
		b.WriteString(strings.TrimRight(cells[3], " ") + "\n")
	}
	row("", "线上", "新规则", "变化")
	row("告警事件", grouped(r.Live.Alerts), grouped(r.Draft.Alerts), fmt.Sprintf("+%d  −%d", len(r.Added), len(r.Lost)))
	row("待复核", grouped(r.Live.Reviews), grouped(r.Draft.Reviews), signed(r.Draft.Reviews-r.Live.Reviews))
	row("告警帖子", grouped(r.Live.AlertPosts), grouped(r.Draft.AlertPosts), signed(r.Draft.AlertPosts-r.Live.AlertPosts))
	if r.Days > 0 {
		row("每天告警", fmt.Sprintf("%.1f", r.Live.PerDay), fmt.Sprintf("%.1f", r.Draft.PerDay),
			fmt.Sprintf("(单日最多 %d → %d)", r.Live.Busiest, r.Draft.Busiest))
	}
	if len(r.Added)+len(r.Lost) > 0 {
		fmt.Fprintf(&b, "其中人工已判: 新增 %d 条里 %s;  减少 %d 条里 %s\n", len(r.Added), judged(r.Added), len(r.Lost), judged(r.Lost))
	}
	for _, side := range []struct {
		sign string
		list []Shift
	}{{"−", r.Lost}, {"+", r.Added}} {
		for i, s := range side.list {
			if i == most {
				fmt.Fprintf(&b, "%s 还有 %d 个, 加 --all 全部列出\n", side.sign, len(side.list)-most)
				break
			}
			judged := "未判"
			if s.Judged != "" {
				judged = string(s.Judged)
			}
			to := ""
			if s.Draft == verdict.Review {
				to = "(转复核)"
			}
			fmt.Fprintf(&b, "%s %s %s%s  “%s”  因为 %s\n", side.sign, s.Event, judged, to, visible(s.Title), visible(s.Because))
		}
	}
	for _, s := range r.Lost {
		if s.Judged == True {
			b.WriteString("有“真”的告警被减掉: 逐条确认以后再上线。\n")
			break
		}
	}
	return written(w, b.String())
}

func judged(list []Shift) string {
	n := map[Judgement]int{}
	for _, s := range list {
		n[s.Judged]++
	}
	return fmt.Sprintf("%d 真 %d 误 %d 未判", n[True], n[False], n[""])
}

// Show writes the suggestions the way editors read them.
func (s Suggestions) Show(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "人工补录 %d 条, ", s.Missed)
	switch {
	case s.Caught == s.Missed:
		b.WriteString("线上规则现在都能告警, 不用加词。\n")
		return written(w, b.String())
	case s.Caught > 0:
		fmt.Fprintf(&b, "其中 %d 条线上规则现在能告警。其余 %d 条里, ", s.Caught, s.Missed-s.Caught)
	default:
		b.WriteString("规则都没告警。")
	}
	least := min(3, s.Missed-s.Caught)
	if len(s.Words) == 0 {
		fmt.Fprintf(&b, "没有找到出现在 ≥%d 条里、平时又少见的词。\n", least)
		return written(w, b.String())
	}
	fmt.Fprintf(&b, "出现在 ≥%d 条里、平时很少见的词:\n ", least)
	for _, x := range s.Words {
		usual := fmt.Sprintf("%d 条", x.Archive)
		if s.Days > 0 {
			usual = strconv.FormatFloat(x.PerDay, 'f', 1, 64) + "/天"
		}
		fmt.Fprintf(&b, " %s %d 次(平时 %s)", x.Word, x.Missed, usual)
	}
	b.WriteString("\n")
	span := "档案里"
	if s.Days > 0 {
		span = fmt.Sprintf("%d 天档案里", s.Days)
	}
	var useless []string
	for _, x := range s.Words[:min(len(s.Words), tryMost)] {
		if x.Catches == 0 {
			useless = append(useless, x.Word)
			continue
		}
		fmt.Fprintf(&b, "  加“%s”到 %s 的“%s”: 能多中 %d 条(告警 %d), %s多告警 %d 条", x.Word, x.Rule, x.Group, x.Catches, x.Alerts, span, x.Alarms)
		if len(x.Examples) > 0 {
			fmt.Fprintf(&b, ", 如“%s”", strings.Join(x.Examples, "”“"))
		}
		b.WriteString("\n")
	}
	if len(useless) > 0 {
		fmt.Fprintf(&b, "  %s 加到哪一组都多中不了: 这些帖子还缺别的组, 或没写地点; 看缺什么: huiying rules explain 帖子\n", quoted(useless))
	}
	return written(w, b.String())
}

// Show writes the health report the way editors read it; most bounds each list,
// 0 for none.
func (h Health) Show(w io.Writer, most int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "看了 %s 帖", grouped(h.Posts))
	if h.Days > 0 {
		fmt.Fprintf(&b, ", %d 天", h.Days)
	}
	b.WriteString("\n")
	var silent, rare []string
	for _, x := range h.SilentWords {
		if x.Example {
			rare = append(rare, "“"+x.Word+"”")
		} else {
			silent = append(silent, "“"+x.Word+"”("+x.Rule+")")
		}
	}
	line := func(name string, list []string, none string) {
		if len(list) == 0 {
			if none != "" {
				fmt.Fprintf(&b, "%s: %s\n", name, none)
			}
			return
		}
		tail := ""
		if most > 0 && len(list) > most {
			tail = fmt.Sprintf("…… 共 %d 个", len(list))
			list = list[:most]
		}
		fmt.Fprintf(&b, "%s: %s%s\n", name, strings.Join(list, "、"), tail)
	}
	line("从没命中的规则", texted(h.SilentRules), "没有")
	line("从没出现的词", silent, "没有")
	line("从没出现、但示例里有的词(留着可以: 罕见但严重)", rare, "")
	line("总是一起命中", texted(h.Together), "没有")
	line("被完全覆盖", texted(h.Covered), "没有")
	line("排除", texted(h.Harsh), "没有压掉帖子")
	for _, x := range h.Harsh {
		if x.Casualties > 0 {
			fmt.Fprintf(&b, "  排除太狠: “%s”压掉 %d 条, 其中 %d 条含伤亡(%d 条已转复核), 如“%s”\n",
				x.Name, x.Posts, x.Casualties, x.Reviewed, strings.Join(x.Examples, "”“"))
		}
	}
	line("误报最多", texted(h.FalseAlarms), "")
	line("没有反例的规则", texted(h.Untested), "没有")
	return written(w, b.String())
}

func (o Overlap) String() string {
	return fmt.Sprintf("%s 与 %s 重合 %d%%(%d/%d 条)", o.A, o.B, o.Share(), o.Both, o.Either)
}

func (c CoveredWord) String() string {
	return fmt.Sprintf("“%s”⊂“%s”(%s)", c.Word, c.By, c.Rule)
}

func (x HarshExclude) String() string { return fmt.Sprintf("“%s” %d 条", x.Name, x.Posts) }

func (x FalseAlarm) String() string {
	return fmt.Sprintf("%s %d%%(%d/%d)", x.ID, x.False*100/x.Judged, x.False, x.Judged)
}

func texted[T fmt.Stringer](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = x.String()
	}
	return out
}

func written(w io.Writer, s string) error {
	if _, err := io.WriteString(w, s); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// grouped writes a number with its thousands apart.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

func signed(n int) string {
	switch {
	case n > 0:
		return "+" + grouped(n)
	case n < 0:
		return "−" + grouped(-n)
	}
	return "0"
}

func spent(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1f 秒", d.Seconds())
	}
	return fmt.Sprintf("%d 秒", int(d.Seconds()+0.5))
}

// pad fills a cell up to a width in columns.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(1, width-terminalWidth(s)))
}

func terminalWidth(s string) int { return terminal().StringWidth(s) }
