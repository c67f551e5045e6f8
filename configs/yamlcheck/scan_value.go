package yamlcheck

import "strings"

// value reads what follows a key's colon.
func (s *scan) value(i, k int) {
	r := s.lines[i]
	k = s.gap(i, k)
	s.open = k == len(r)
	if k == len(r) {
		return
	}
	switch r[k] {
	case '#':
		s.open = !s.comment(i, k, true)
	case '"', '\'':
		end := closing(r, k)
		if end < 0 {
			s.noQuote(i, k)
			return
		}
		s.tail(i, end+1)
	case '[', '{':
		s.push(i, k, r[k])
		s.inFlow(i, k+1)
	default:
		s.plain(i, k)
	}
}

// plain reads a value without quotes.
func (s *scan) plain(i, k int) {
	r := s.lines[i]
	if s.special(i, k, len(r)) {
		return
	}
	end := commentStart(r, k)
	last := end
	for last > k && r[last-1] == ' ' {
		last--
	}
	s.edges(i, k, last)
	for c := k; c < last; c++ {
		if r[c] == ':' && (c+1 == last || isSpace(r[c+1])) {
			s.report(i, c, "E019", "值里又有英文冒号加空格, YAML 读不懂", `整个值用英文双引号括起来: "`+Short(string(r[k:last]))+`"`)
			s.quote(i, k, last)
			break
		}
	}
	if end < len(r) {
		s.comment(i, end, false)
	}
}

// edges reports odd white space at the end of a plain value, which YAML keeps,
// and no-break spaces anywhere in it.
func (s *scan) edges(i, k, last int) {
	r := s.lines[i]
	for c := k; c < last; c++ {
		if odd(r[c]) && (r[c] != 0x3000 || strings.TrimSpace(string(r[c:last])) == "") {
			s.report(i, c, "E006", "这里有"+oddName(r[c]), "换成普通空格, 在末尾就删掉")
			s.mended(i, c, " ")
		}
	}
}

// special reports a value whose first character means something to YAML. The text
// up to end, or to its comment, is then quoted for it.
func (s *scan) special(i, k, end int) bool {
	r := s.lines[i]
	c := r[k]
	meaning := map[rune]string{
		'!': "标签", '*': "别名", '&': "锚点", '@': "保留字符", '`': "保留字符", '%': "指令", '|': "多行文字", '>': "多行文字",
	}[c]
	if c == '?' && k+1 < len(r) && isSpace(r[k+1]) {
		meaning = "复杂的键"
	}
	if meaning == "" {
		return false
	}
	if end == len(r) {
		end = commentStart(r, k)
	}
	word := strings.TrimSpace(string(r[k:end]))
	if strings.Trim(word, "|>+-") == "" {
		s.report(i, k, "E008", "这里不能写多行文字", "写在一行里, 用英文双引号括起来")
		s.skip = indentOf(r)
	} else {
		s.report(i, k, "E008", "开头的“"+string(c)+"”在 YAML 里是"+meaning, `用英文双引号括起来: "`+Short(word)+`"`)
		s.mendQuote(i, k, k+len([]rune(word)), word)
	}
	s.quote(i, k, k+len([]rune(word)))
	s.open = false
	return true
}

// noQuote reports a quote that does not close on its line.
func (s *scan) noQuote(i, k int) {
	r := s.lines[i]
	remedy := "在这个值的末尾补上 " + string(r[k])
	if strings.ContainsAny(string(r[k+1:]), "“”‘’") {
		remedy = "收尾用的是中文引号, 改成英文的 " + string(r[k])
	}
	s.report(i, k, "E011", "这个引号没有收住", remedy)
	s.edit(i, k, len(r)-k, `""`+s.closers())
	s.flow = nil
	s.tainted[i+1] = true
}

// tail checks what follows a closed quote or bracket.
func (s *scan) tail(i, k int) {
	r := s.lines[i]
	at := k
	for k < len(r) && isSpace(r[k]) {
		k++
	}
	if k == len(r) {
		return
	}
	if r[k] == '#' && k > at {
		s.comment(i, k, false)
		return
	}
	s.report(i, k, "E011", "引号或括号收住以后还有字“"+Short(string(r[k:]))+"”", "删掉它, 或挪到引号和括号里面")
	s.edit(i, k, len(r)-k, "")
	s.tainted[i+1] = true
}
