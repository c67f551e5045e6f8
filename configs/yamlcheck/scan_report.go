package yamlcheck

import (
	"slices"
	"strings"
)

// report notes a problem at line i and column j, both from 0.
func (s *scan) report(i, j int, code, message, remedy string) {
	s.noted = len(s.problems) < maxProblems
	if len(s.problems) > maxProblems {
		return
	}
	if len(s.problems) == maxProblems {
		code, message, remedy = "E004", "问题太多, 后面的不再检查", "先改好上面这些; 也可能存错了文件"
		s.broken = true
	}
	if from, ok := s.moved[i]; ok && j >= from.new {
		j += from.old - from.new
	}
	s.problems = append(s.problems, Problem{Line: i + 1, Column: j + 1, Code: code, Message: message, Remedy: remedy})
}

// mend attaches to the problem just reported the edit that mends it surely. Lines
// that lost invisible characters count their columns anew and are mended next time.
func (s *scan) mend(i, at, drop int, put string) {
	if s.noted && !s.shifted[i] {
		last := &s.problems[len(s.problems)-1]
		last.Fix = append(last.Fix, Edit{Line: i + 1, Column: at + 1, Drop: drop, Put: put})
	}
}

// mended replaces one character by what its author meant, for the parser and for
// the author.
func (s *scan) mended(i, at int, put string) {
	s.mend(i, at, 1, put)
	s.edit(i, at, 1, put)
}

func (s *scan) edit(i, at, drop int, put string) {
	s.edits[i] = append(s.edits[i], edit{at, drop, put})
}

// text is the repaired text.
func (s *scan) text() string {
	var b strings.Builder
	for i, line := range s.lines {
		at := 0
		for _, e := range s.sorted(i) {
			if e.at < at {
				continue
			}
			b.WriteString(string(line[at:e.at]) + e.put)
			at = min(e.at+e.drop, len(line))
		}
		b.WriteString(string(line[at:]) + "\n")
	}
	return b.String()
}

func (s *scan) sorted(i int) []edit {
	slices.SortStableFunc(s.edits[i], func(a, b edit) int { return a.at - b.at })
	return s.edits[i]
}

// original is the column, from 1, that a column of the repaired text had.
func (s *scan) original(line, column int) int {
	if line < 1 || line > len(s.lines) {
		return column
	}
	shift := 0
	for _, e := range s.sorted(line - 1) {
		start := e.at + shift + 1
		if column < start {
			break
		}
		if column < start+len([]rune(e.put)) {
			return e.at + 1
		}
		shift += len([]rune(e.put)) - e.drop
	}
	return column - shift
}

// gap skips white space from k on and reports the kinds that are none to YAML.
func (s *scan) gap(i, k int) int {
	r := s.lines[i]
	for ; k < len(r) && isSpace(r[k]); k++ {
		if odd(r[k]) && strings.TrimSpace(string(r[k:])) != "" {
			s.report(i, k, "E006", "这里有"+oddName(r[k]), "换成普通空格")
			s.mended(i, k, " ")
		}
	}
	return k
}

// quote makes a quoted text of the characters from a to b, for the parser's sake.
func (s *scan) quote(i, a, b int) {
	s.edit(i, a, b-a, "'"+strings.ReplaceAll(string(s.lines[i][a:b]), "'", "''")+"'")
	s.tainted[i+1] = true
}
