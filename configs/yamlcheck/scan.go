package yamlcheck

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The limits that hold before any parser runs: the parser itself runs out of
// memory on deep nesting, expands aliases without end, and takes 40 s for a
// mapping of 160,000 keys.
const (
	MaxBytes    = 1 << 20
	maxDepth    = 32
	MaxLines    = 10_000
	MaxLine     = 20_000 // characters
	maxProblems = 100    // of one file: who has more has saved something else as YAML
)

// scan is what the raw text says before the YAML parser sees it. Full-width
// punctuation, comment traps and the like are accepted or mangled silently by
// YAML, so they are found here, one by one; the text is then repaired just enough
// for the parser to go on and find the other mistakes of the file.
type scan struct {
	problems Problems
	// broken says that the repaired text is not worth parsing.
	broken bool
	// tainted lines (from 1) were repaired by guessing: what else is wrong with
	// them is no news.
	tainted map[int]bool

	noted   bool         // the last problem was not one too many
	shifted map[int]bool // lines (from 0) whose columns are no longer the author's
	moved   map[int]move // lines (from 0) whose indentation was guessed

	lines [][]rune
	edits [][]edit
	keys  map[string]bool // known keys

	begun   bool
	open    bool // the last line ended with a key or dash that waits for its value
	skip    int  // lines indented deeper belong to a refused block text; -1 for none
	indents []int
	dashed  map[int]bool // columns at which dashes stood last
	flow    []bracket
	end     spot // where the last line inside brackets ends
}

// edit replaces drop characters at a place by others.
type edit struct {
	at, drop int
	put      string
}

type spot struct{ line, col int }

// move is the length of an indentation as written and as guessed.
type move struct{ old, new int }

// bracket is an open [ or {.
type bracket struct {
	open   rune
	at     spot
	indent int
	keyed  bool // {: the key and its colon were read
	valued bool // a value was read, a comma must follow
}

// scanText reads a file's text. keys are the keys that such a file may hold.
func scanText(data []byte, keys map[string]bool) *scan {
	s := &scan{tainted: map[int]bool{}, shifted: map[int]bool{}, moved: map[int]move{}, dashed: map[int]bool{}, keys: keys, skip: -1}
	if !s.encoding(&data) {
		s.broken = true
		return s
	}
	for line := range strings.SplitSeq(string(data), "\n") {
		s.lines = append(s.lines, []rune(strings.TrimSuffix(line, "\r")))
	}
	s.edits = make([][]edit, len(s.lines))
	if s.broken = !s.measures(); s.broken {
		return s
	}
	s.invisible()
	for i := range s.lines {
		if len(s.problems) > maxProblems {
			return s
		}
		if len(s.flow) > 0 && !s.continued(i) {
			s.unclosed()
		}
		if len(s.flow) > 0 {
			s.inFlow(i, indentOf(s.lines[i]))
		} else {
			s.block(i)
		}
		if len(s.indents)+len(s.flow) > maxDepth {
			s.report(i, 0, "E004", fmt.Sprintf("嵌套超过 %d 层", maxDepth), "拆成几层, 或把内容挪到别处")
			s.broken = true
			return s
		}
	}
	if len(s.flow) > 0 {
		s.unclosed()
	}
	return s
}

// measures checks the number and length of the lines.
func (s *scan) measures() bool {
	if len(s.lines) > MaxLines {
		s.report(MaxLines, 0, "E004", fmt.Sprintf("文件超过 %d 行", MaxLines), "拆成几个小文件")
		return false
	}
	for i, line := range s.lines {
		if len(line) > MaxLine {
			s.report(i, MaxLine, "E004", fmt.Sprintf("这一行超过 %d 个字", MaxLine), "拆成几行")
			return false
		}
	}
	return true
}

// encoding checks size, byte order mark and UTF-8.
func (s *scan) encoding(data *[]byte) bool {
	b := *data
	fail := func(line, col int, code, message, remedy string) bool {
		s.problems = append(s.problems, Problem{Line: line, Column: col, Code: code, Message: message, Remedy: remedy})
		return false
	}
	switch {
	case len(b) > MaxBytes:
		return fail(1, 1, "E004", "文件超过 1 MB", "拆成几个小文件")
	case bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")):
		return fail(1, 1, "E002", "文件是 UTF-16 编码", "用编辑器另存为 UTF-8(不带 BOM)")
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		fail(1, 1, "E002", "文件开头有看不见的 BOM 标记", "用编辑器另存为 UTF-8(不带 BOM)")
		*data = b[3:]
		b = b[3:]
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			start := bytes.LastIndexByte(b[:i], '\n') + 1
			return fail(bytes.Count(b[:i], []byte("\n"))+1, utf8.RuneCount(b[start:i])+1,
				"E002", "文件不是 UTF-8 编码(多半是 GBK)", "用编辑器另存为 UTF-8")
		}
		i += n
	}
	return true
}

// invisible reports and removes characters that nobody can see.
func (s *scan) invisible() {
	for i, line := range s.lines {
		kept, gone := line, 0
		for j := 0; j < len(kept); j++ {
			r := kept[j]
			if len(s.problems) > maxProblems {
				return
			}
			if r == '\t' || !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || joins(kept, j) {
				continue
			}
			s.report(i, j+gone, "E005", fmt.Sprintf("这里有看不见的字符 U+%04X", r), "删掉它, 或把这一段重新打一遍")
			s.mend(i, j+gone, 1, "")
			s.tainted[i+1] = true
			kept = slices.Delete(slices.Clone(kept), j, j+1)
			j--
			gone++
		}
		s.lines[i], s.shifted[i] = kept, gone > 0
	}
}

// joins tells a zero-width joiner inside an emoji, which belongs there.
func joins(r []rune, i int) bool {
	return r[i] == 0x200d && i > 0 && i+1 < len(r) && r[i-1] > 0x2000 && r[i+1] > 0x2000 && !unicode.Is(unicode.Han, r[i-1])
}

func isSpace(r rune) bool { return r == ' ' || odd(r) }

// odd tells white space that YAML does not take for such: tab, ideographic and
// no-break space.
func odd(r rune) bool { return r == '\t' || r == 0x3000 || r == 0xa0 }

func oddName(r rune) string {
	switch r {
	case '\t':
		return "制表符(Tab)"
	case 0x3000:
		return "全角空格"
	}
	return "不间断空格"
}

func indentOf(r []rune) int {
	n := 0
	for n < len(r) && r[n] == ' ' {
		n++
	}
	return n
}

// closing is where a quote that opens at k closes on its line, or -1.
func closing(r []rune, k int) int {
	for j := k + 1; j < len(r); j++ {
		switch {
		case r[k] == '"' && r[j] == '\\':
			j++
		case r[j] == r[k] && r[k] == '\'' && j+1 < len(r) && r[j+1] == '\'':
			j++
		case r[j] == r[k]:
			return j
		}
	}
	return -1
}

func (s *scan) known(word []rune) bool {
	return len(word) <= maxKey && s.keys[strings.TrimSpace(string(word))]
}

// maxKey is longer than every known key with the spaces around it.
const maxKey = 30
