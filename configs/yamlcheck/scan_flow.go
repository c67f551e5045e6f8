package yamlcheck

import (
	"slices"
	"strconv"
	"strings"
)

func closer(open rune) string {
	if open == '[' {
		return "]"
	}
	return "}"
}

// closers closes all open brackets.
func (s *scan) closers() string {
	var b strings.Builder
	for _, open := range slices.Backward(s.flow) {
		b.WriteString(closer(open.open))
	}
	return b.String()
}

func (s *scan) push(i, k int, open rune) {
	s.flow = append(s.flow, bracket{open: open, at: spot{i, k}, indent: indentOf(s.lines[i])})
	s.end = spot{i, k + 1}
}

func (s *scan) top() *bracket { return &s.flow[len(s.flow)-1] }

// continued tells whether a line still belongs to the open brackets.
func (s *scan) continued(i int) bool {
	r := s.lines[i]
	j := indentOf(r)
	return j == len(r) || r[j] == '#' || j > s.flow[0].indent || r[j] == ']' || r[j] == '}'
}

// unclosed reports brackets that stay open, and closes them for the parser.
func (s *scan) unclosed() {
	put := s.closers()
	at := s.top().at
	open := string(s.top().open)
	line := s.lines[s.end.line]
	if n := s.end.col; n > 0 && strings.ContainsRune("】］｝」", line[n-1]) {
		s.report(s.end.line, n-1, "E013", "收尾用的是中文括号“"+string(line[n-1])+"”", "改成英文的 "+put)
		if len(put) == 1 {
			s.mend(s.end.line, n-1, 1, put)
		}
		s.edit(s.end.line, n-1, 1, put)
	} else {
		s.report(at.line, at.col, "E013", "这个“"+open+"”没有收住", "在这一项的末尾补上 "+put)
		s.edit(s.end.line, s.end.col, 0, put)
	}
	for n := at.line; n <= s.end.line; n++ {
		s.tainted[n+1] = true
	}
	s.flow = nil
}

// inFlow reads a line inside brackets from column k on.
func (s *scan) inFlow(i, k int) {
	r := s.lines[i]
	for len(s.flow) > 0 && len(s.flow) <= maxDepth {
		k = s.gap(i, k)
		if k >= len(r) {
			return
		}
		if r[k] == '#' && (k == 0 || isSpace(r[k-1])) && (k+1 >= len(r) || isSpace(r[k+1])) {
			return
		}
		k = s.flowToken(i, k)
		if k > 0 {
			s.end = spot{i, min(k, len(r))}
		}
	}
	if len(s.flow) == 0 && k <= len(r) && !s.tainted[i+1] {
		s.tail(i, k)
	}
}

// flowToken reads one part at k and returns where the next begins.
func (s *scan) flowToken(i, k int) int {
	r, top := s.lines[i], s.top()
	switch r[k] {
	case ']', '}':
		return s.flowClose(i, k)
	case ',':
		if !top.valued && !top.keyed {
			s.report(i, k, "E010", "多了一个逗号", "删掉它")
			s.edit(i, k, 1, "")
		}
		top.valued, top.keyed = false, false
		return k + 1
	case '，', '、', '；':
		if top.valued {
			s.wideComma(i, k)
			return k + 1
		}
	case ':':
		if top.open == '{' && top.valued && !top.keyed {
			top.keyed, top.valued = true, false
			return k + 1
		}
	}
	if top.valued {
		s.report(i, k, "E010", "这里少了英文逗号", "在前面补上英文逗号加空格")
		s.edit(i, k, 0, ", ")
		top.valued, top.keyed = false, false
	}
	switch r[k] {
	case '[', '{':
		top.valued = true // once it closes
		s.push(i, k, r[k])
		return k + 1
	case '"', '\'':
		end := closing(r, k)
		if end < 0 {
			s.noQuote(i, k)
			return len(r)
		}
		top.valued = true
		return end + 1
	}
	return s.flowPlain(i, k)
}

func (s *scan) wideComma(i, k int) {
	s.report(i, k, "E010", "这里是中文标点“"+string(s.lines[i][k])+"”", "改成英文逗号加空格")
	s.mended(i, k, ", ")
	s.top().valued, s.top().keyed = false, false
}

// flowClose reads a closing bracket.
func (s *scan) flowClose(i, k int) int {
	r, top := s.lines[i], s.top()
	mine := closer(top.open) == string(r[k])
	outer := slices.ContainsFunc(s.flow, func(b bracket) bool { return closer(b.open) == string(r[k]) })
	switch {
	case mine:
		s.flow = s.flow[:len(s.flow)-1]
		return k + 1
	case outer:
		s.report(top.at.line, top.at.col, "E013", "这个“"+string(top.open)+"”没有收住",
			"在“"+string(r[k])+"”前面补上 "+closer(top.open))
		s.edit(i, k, 0, closer(top.open))
		s.flow = s.flow[:len(s.flow)-1]
		return k
	}
	s.report(i, k, "E013", "多了一个“"+string(r[k])+"”", "改成“"+closer(top.open)+"”, 或删掉它")
	s.edit(i, k, 1, "")
	s.tainted[i+1] = true
	return k + 1
}

// flowEnd is where a plain run inside brackets ends.
func flowEnd(r []rune, k int) int {
	for j := k; j < len(r); j++ {
		switch {
		case strings.ContainsRune(",[]{}", r[j]):
			return j
		case r[j] == ':' && (j+1 == len(r) || isSpace(r[j+1]) || strings.ContainsRune(",[]{}", r[j+1])):
			return j
		case r[j] == '#' && j > k && isSpace(r[j-1]):
			return j
		}
	}
	return len(r)
}

// flowPlain reads a plain key or value inside brackets.
func (s *scan) flowPlain(i, k int) int {
	r, top := s.lines[i], s.top()
	end := flowEnd(r, k)
	last := end
	for last > k && r[last-1] == ' ' {
		last--
	}
	if r[k] == '#' {
		s.report(i, k, "E007", "井号后面的字全部丢了, 连同后面的括号", `改成: "`+Short(string(r[k:last]))+`"`)
		s.mendQuote(i, k, last, string(r[k:last]))
		s.quote(i, k, last)
		top.valued = true
		return end
	}
	colon := end < len(r) && r[end] == ':'
	if top.open == '{' && !top.keyed {
		return s.flowKey(i, k, last, end, colon)
	}
	if s.special(i, k, last) {
		top.valued = true
		return end
	}
	s.edges(i, k, last)
	if at := s.hiddenKey(r, k, end, colon); at > 0 && top.open == '{' {
		if r[at] == ' ' {
			s.report(i, at, "E010", "“"+strings.TrimSpace(string(r[at:end]))+"”前面少了英文逗号", "改成英文逗号加空格")
			s.edit(i, at, 0, ",")
			top.valued, top.keyed = false, false
		} else {
			s.wideComma(i, at)
		}
		return at + 1
	}
	if colon && top.open == '[' && s.known(r[k:end]) && s.keyInList(i, k) {
		return k
	}
	if colon {
		stop := end
		for stop < len(r) && !strings.ContainsRune(",[]{}", r[stop]) {
			stop++
		}
		s.report(i, end, "E019", "括号里的值又有英文冒号", `整个值用英文双引号括起来: "`+Short(string(r[k:stop]))+`"`)
		s.quote(i, k, stop)
		end = stop
	}
	top.valued = true
	return end
}

// keyInList reports a known key of the braces around an open list: the list was
// not closed before it. It reports whether that is so.
func (s *scan) keyInList(i, k int) bool {
	r, n := s.lines[i], len(s.flow)
	comma := k - 1
	for comma > 0 && r[comma] != ',' {
		comma--
	}
	at := s.top().at
	if n < 2 || s.flow[n-2].open != '{' || comma <= at.col || at.line != i {
		return false
	}
	if strings.ContainsRune("】］｝」", r[comma-1]) {
		s.report(i, comma-1, "E013", "收尾用的是中文括号“"+string(r[comma-1])+"”", "改成英文的 ]")
		s.mended(i, comma-1, "]")
	} else {
		s.report(at.line, at.col, "E013", "这个“[”没有收住", "在第 "+strconv.Itoa(comma+1)+" 列的逗号前面补上 ]")
		s.edit(i, comma, 0, "]")
	}
	s.flow = s.flow[:n-1]
	s.top().valued, s.top().keyed = false, false
	return true
}

// flowKey reads a key inside braces.
func (s *scan) flowKey(i, k, last, end int, colon bool) int {
	r, top := s.lines[i], s.top()
	wide := slices.Index(r[k:end], '：')
	if colon && (wide <= 0 || !s.known(r[k:k+wide])) {
		top.keyed = true
		return end + 1
	}
	if at := s.key(i, k, last, true); at > 0 {
		top.keyed = true
		if at < len(r) && r[at] == ':' {
			at++
		}
		return at
	}
	top.valued = true
	return end
}

// hiddenKey finds a known key that only a full-width comma or a space parts from
// the value before it, and returns where that mark stands, 0 for none.
func (s *scan) hiddenKey(r []rune, k, end int, colon bool) int {
	for at := k + 1; at < end; at++ {
		if !strings.ContainsRune("，、； ", r[at]) {
			continue
		}
		rest := r[at+1 : end]
		if !colon || len(rest) > maxKey {
			rest = rest[:min(len(rest), maxKey)]
		} else if s.known(rest) {
			return at
		}
		if wide := slices.Index(rest, '：'); wide > 0 && s.known(rest[:wide]) {
			return at
		}
	}
	return 0
}
