package casualty

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clause is a stretch of text in which a number and the word it counts stand.
type clause struct{ runes []rune }

// longest bounds a clause: pairing its figures takes time with their square.
const longest = 400

// clauses cuts normalised text where a figure no longer belongs to the next word.
func clauses(text []rune) []clause {
	var out []clause
	start := 0
	for i, r := range text {
		if parts(r) {
			if i > start {
				out = append(out, clause{text[start:i]})
			}
			start = i + 1
		} else if i-start == longest {
			out = append(out, clause{text[start:i]})
			start = i
		}
	}
	if start < len(text) {
		out = append(out, clause{text[start:]})
	}
	return out
}

func (c clause) has(word string) bool { return c.index(word, 0) >= 0 }

// index finds word at or after from, or returns -1.
func (c clause) index(word string, from int) int {
	first, _ := utf8.DecodeRuneInString(word)
	for i := from; i < len(c.runes); i++ {
		if c.runes[i] == first && c.starts(i, word) > 0 {
			return i
		}
	}
	return -1
}

// starts tells whether any of words stands at i, and how long it is.
func (c clause) starts(i int, words ...string) int {
	for _, word := range words {
		n := 0
		for _, r := range word {
			if i+n < 0 || i+n >= len(c.runes) || c.runes[i+n] != r {
				n = 0
				break
			}
			n++
		}
		if n > 0 {
			return n
		}
	}
	return 0
}

// number is one figure of a clause.
type number struct {
	start, end int
	value      float64
}

// numbers reads every figure of the clause: Arabic or Chinese numerals, with 多,
// 余 or 几 after them, with 数 or 几 for an unsaid digit (read as the least it can
// mean), and 两三 as the greater of two neighbours.
func (c clause) numbers() []number {
	var out []number
	for i := 0; i < len(c.runes); {
		var n number
		switch {
		case c.runes[i] >= '0' && c.runes[i] <= '9':
			n = c.arabic(i)
		case c.runes[i] == '俩':
			n = number{start: i, end: i + 1, value: 2} // 夫妻俩
		case numeral(c.runes[i]) || (c.runes[i] == '数' || c.runes[i] == '几') && i+1 < len(c.runes) && scale(c.runes[i+1]) > 0:
			n = c.chinese(i)
		default:
			i++
			continue
		}
		if n.end < len(c.runes) && strings.ContainsRune("多余几来", c.runes[n.end]) && n.end > i {
			n.end++
			if n.end < len(c.runes) && (c.runes[n.end] == '万' || c.runes[n.end] == '亿') {
				n.value *= scale(c.runes[n.end])
				n.end++
			}
		}
		out = append(out, n)
		i = n.end
	}
	return out
}

func (c clause) arabic(i int) number {
	n := number{start: i}
	fraction := 0.0
	for ; i < len(c.runes); i++ {
		r := c.runes[i]
		switch {
		case r >= '0' && r <= '9' && fraction == 0:
			n.value = min(n.value*10+float64(r-'0'), 1e15)
			continue
		case r >= '0' && r <= '9':
			n.value += float64(r-'0') * fraction
			fraction /= 10
			continue
		case r == ',' && fraction == 0 && i+3 < len(c.runes) && digits(c.runes[i+1:i+4]):
			continue
		case r == '.' && fraction == 0 && i+1 < len(c.runes) && digits(c.runes[i+1:i+2]):
			fraction = 0.1
			continue
		}
		break
	}
	for i < len(c.runes) && scale(c.runes[i]) > 1 {
		n.value *= scale(c.runes[i])
		i++
	}
	n.end = i
	return n
}

func (c clause) chinese(i int) number {
	n := number{start: i}
	var total, section, digit float64
	plain, last := 0, -1.0
	for ; i < len(c.runes); i++ {
		r := c.runes[i]
		unsaid := (r == '数' || r == '几') && i == n.start // 数十; the 几 of 十几 adds nothing
		if d := slices.Index([]rune("零一二三四五六七八九"), r); d >= 0 || r == '〇' || r == '两' || unsaid {
			switch r {
			case '〇':
				d = 0
			case '两', '数', '几':
				d = 2
			}
			switch {
			case plain == 1 && last > 0 && float64(d) == last+1 && section == 0:
				digit = float64(d) // 两三, 三四: an estimate
			case plain > 0:
				digit = digit*10 + float64(d) // 二〇一〇
			default:
				digit = float64(d)
			}
			plain, last = plain+1, float64(d)
			continue
		}
		unit := scale(r)
		if unit == 0 {
			break
		}
		plain = 0
		if unit >= 10_000 {
			total = (total + section + digit) * unit
			section, digit = 0, 0
			continue
		}
		section += max(digit, 1) * unit
		digit = 0
	}
	n.end, n.value = i, min(total+section+digit, 1e15)
	return n
}

func digits(runes []rune) bool {
	for _, r := range runes {
		if !unicode.IsDigit(r) {
			return false
		}
	}
	return true
}

func numeral(r rune) bool {
	switch r {
	case '〇', '零', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '百', '千', '两':
		return true
	}
	return false
}

func scale(r rune) float64 {
	switch r {
	case '十':
		return 10
	case '百':
		return 100
	case '千':
		return 1000
	case '万':
		return 10_000
	case '亿':
		return 100_000_000
	}
	return 0
}
