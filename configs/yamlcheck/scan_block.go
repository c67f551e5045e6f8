package yamlcheck

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// block reads a line outside brackets.
func (s *scan) block(i int) {
	r := s.lines[i]
	j := indentOf(r)
	if s.skip >= 0 && (j > s.skip || j == len(r)) {
		s.edit(i, 0, len(r), "")
		return
	}
	s.skip = -1
	if j == len(r) || r[j] == '#' {
		return
	}
	if odd(r[j]) {
		if strings.TrimSpace(string(r)) != "" {
			s.report(i, j, "E006", "缩进里有"+oddName(r[j]), "缩进只用普通空格, 一级两个")
			s.indent(i)
			s.block(i)
		}
		return
	}
	if j == 0 && s.marker(i) {
		return
	}
	s.begun = true
	cols, j := s.dashes(i, j)
	switch {
	case j == len(r):
		s.nest(i, cols)
		s.open = true
	case r[j] == '#':
		s.nest(i, cols)
		s.open = !s.comment(i, j, true)
	case r[j] == '"' || r[j] == '\'':
		s.quotedStart(i, j, cols)
	case r[j] == '[' || r[j] == '{':
		s.nest(i, append(cols, j))
		s.open = false
		s.push(i, j, r[j])
		s.inFlow(i, j+1)
	default:
		s.plainStart(i, j, cols)
	}
}

// marker reports document and merge marks.
func (s *scan) marker(i int) bool {
	text := strings.TrimRight(string(s.lines[i]), " ")
	for _, m := range []string{"<<<<<<<", "=======", ">>>>>>>", "|||||||"} {
		if strings.HasPrefix(text, m) {
			s.report(i, 0, "E018", "这里有合并冲突的标记 "+m, "决定留哪一边, 再删掉三行标记")
			s.broken = true
			return true
		}
	}
	if text == "---" && !s.begun {
		return true
	}
	if text == "---" || text == "..." || strings.HasPrefix(text, "--- ") {
		s.report(i, 0, "E017", "“"+text[:3]+"”开始了第二份文档, 后面的都不会读", "删掉这一行, 或另写一个文件")
		s.edit(i, 0, len(s.lines[i]), "")
		return true
	}
	return false
}

// dashes reads the leading dashes of list items.
func (s *scan) dashes(i, j int) (cols []int, at int) {
	r := s.lines[i]
	for j < len(r) {
		last := j+1 == len(r)
		switch {
		case r[j] == '-' && (last || isSpace(r[j+1])):
			cols = append(cols, j)
			j = s.gap(i, j+1)
			continue
		case strings.ContainsRune("－—–·•", r[j]):
			s.report(i, j, "E016", "列表前面是“"+string(r[j])+"”, 不是英文横杠", "改成: - 加一个空格")
			s.edit(i, j, 1, "- ")
			cols = append(cols, j)
			if j+1 < len(r) && r[j+1] == ' ' {
				s.mend(i, j, 1, "-")
			} else {
				s.mend(i, j, 1, "- ")
			}
			j = s.gap(i, j+1)
			continue
		case r[j] == '-' && r[j+1] != '-' && !unicode.IsDigit(r[j+1]):
			s.report(i, j, "E016", "横杠后面少一个空格", "改成: - "+Short(string(r[j+1:])))
			s.mended(i, j, "- ")
			cols = append(cols, j)
			j++
		}
		return cols, j
	}
	return cols, j
}

// nest follows the block structure by the columns at which its parts begin.
func (s *scan) nest(i int, cols []int) {
	first, was := cols[0], -1
	for len(s.indents) > 0 && s.indents[len(s.indents)-1] > first {
		was = s.indents[len(s.indents)-1]
		s.indents = s.indents[:len(s.indents)-1]
	}
	top := -1
	if len(s.indents) > 0 {
		top = s.indents[len(s.indents)-1]
	}
	level := first
	switch {
	case top == first:
	case top >= 0 && was >= 0:
		s.report(i, first, "E014", "这一行的缩进和上面哪一级都对不齐", "前面空 "+strconv.Itoa(top)+" 格或 "+strconv.Itoa(was)+" 格")
		level = was
		if first-top < was-first {
			level = top
		}
	case top >= 0 && !s.open:
		s.report(i, first, "E014", "这一行比上一行多缩进了, 上一行已经写完了", "前面空 "+strconv.Itoa(top)+" 格")
		level = top
	}
	if level != first { // guess the level that was meant
		s.edit(i, 0, first, strings.Repeat(" ", level))
		s.tainted[i+1] = true
	}
	if level > top {
		s.indents = append(s.indents, level)
	}
	for n, c := range cols {
		s.dashed[c] = n+1 < len(cols)
	}
	for _, c := range cols[1:] {
		if c > s.indents[len(s.indents)-1] {
			s.indents = append(s.indents, c)
		}
	}
}

// comment checks a # that begins a comment at k; instead says that a value should
// stand there. It reports whether the # was taken for the beginning of a word.
func (s *scan) comment(i, k int, instead bool) bool {
	r := s.lines[i]
	if k+1 >= len(r) || isSpace(r[k+1]) || strings.ContainsRune("#!-=─", r[k+1]) {
		return false
	}
	word := strings.TrimSpace(string(r[k:]))
	if instead {
		s.report(i, k, "E007", "井号后面的字全部丢了", `改成: "`+Short(word)+`"`)
		s.mendQuote(i, k, k+len([]rune(word)), word)
		s.quote(i, k, len(r))
		return true
	}
	s.report(i, k, "E007", "井号后面的字“"+Short(word[1:])+"”全部丢了",
		"要留着就用英文双引号把整个值括起来; 是注释就在 # 后面空一格")
	s.tainted[i+1] = true
	return false
}

// quotedStart reads a line whose content begins with a quote.
func (s *scan) quotedStart(i, j int, cols []int) {
	r := s.lines[i]
	s.nest(i, append(cols, j))
	s.open = false
	end := closing(r, j)
	if end < 0 {
		s.noQuote(i, j)
		return
	}
	k := end + 1
	for k < len(r) && r[k] == ' ' {
		k++
	}
	if k < len(r) && r[k] == ':' && (k+1 == len(r) || isSpace(r[k+1])) {
		s.value(i, k+1)
		return
	}
	s.tail(i, end+1)
}

// plainStart reads a line whose content begins with a plain character: a key, or
// a list's item.
func (s *scan) plainStart(i, j int, cols []int) {
	r := s.lines[i]
	end := commentStart(r, j)
	for k := j; k < end; k++ {
		if r[k] != ':' || k+1 < len(r) && !isSpace(r[k+1]) {
			continue
		}
		wide := slices.Index(r[j:k], '：')
		if wide > 0 && s.known(r[j:j+wide]) {
			break
		}
		if s.special(i, j, k) {
			return
		}
		s.nest(i, append(cols, j))
		s.value(i, k+1)
		return
	}
	item := len(cols) > 0
	if k := s.key(i, j, end, item); k > 0 {
		s.nest(i, append(cols, j))
		s.value(i, k)
		return
	}
	if item {
		s.nest(i, append(cols, j))
		s.open = false
		s.plain(i, j)
		return
	}
	if s.special(i, j, len(r)) {
		return
	}
	s.report(i, j, "E019", "这一行不是“键: 值”, 会接到上一行的后面", "写成 键: 值; 列表里的一项前面加横杠空格")
	s.edit(i, 0, len(r), "")
	s.tainted[i+1] = true
}

// key finds a key whose colon is full-width, lacks its space or is missing, and
// returns where the value begins, 0 where there is none. An item of a list is
// taken for a key only where the key is known: words may hold colons.
func (s *scan) key(i, j, end int, item bool) int {
	r := s.lines[i]
	wide, narrow := slices.Index(r[j:end], '：'), slices.Index(r[j:end], ':')
	if wide > 0 && (narrow < 0 || wide < narrow) && (!item || s.known(r[j:j+wide])) {
		key := strings.TrimSpace(string(r[j : j+wide]))
		s.report(i, j+wide, "E009", "“"+Short(key)+"”后面是中文冒号", "改成英文冒号加空格: "+Short(key)+": …")
		s.mendColon(i, j+wide)
		return j + wide + 1
	}
	if narrow > 0 && (!item || s.known(r[j:j+narrow])) {
		key := strings.TrimSpace(string(r[j : j+narrow]))
		s.report(i, j+narrow, "E009", "“"+Short(key)+"”的冒号后面少一个空格", "改成: "+Short(key)+": "+Short(strings.TrimSpace(string(r[j+narrow+1:end]))))
		s.mended(i, j+narrow, ": ")
		return j + narrow + 1
	}
	word := end
	for k := j; k < end; k++ {
		if isSpace(r[k]) {
			word = k
			break
		}
	}
	if s.known(r[j:word]) && (word < end || !item) {
		s.report(i, word, "E009", "“"+string(r[j:word])+"”后面少了英文冒号", "改成: "+string(r[j:word])+": …")
		s.edit(i, word, 0, ":")
		return word
	}
	return 0
}

// commentStart is where a comment begins at or after j, else the line's end.
func commentStart(r []rune, j int) int {
	for k := j; k < len(r); k++ {
		if r[k] == '#' && k > 0 && isSpace(r[k-1]) {
			return k
		}
	}
	return len(r)
}
