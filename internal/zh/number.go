package zh

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"huiying/internal/verdict"
)

// Count writes a number as people say it, to one place: 9800, 1.2万, 3.4亿.
func Count(n int64) string {
	short := func(unit float64, name string) string {
		return strconv.FormatFloat(math.Round(float64(n)/unit*10)/10, 'f', -1, 64) + name
	}
	switch {
	case n >= 99_995_000:
		return short(1e8, "亿")
	case n >= 10_000:
		return short(1e4, "万")
	}
	return strconv.FormatInt(n, 10)
}

// Yuan writes an amount of CNY to the second place of its unit: 800元, 35.5万元, 1.2亿元.
func Yuan(n int64) string {
	short := func(unit float64, name string) string {
		return strconv.FormatFloat(math.Round(float64(n)/unit*100)/100, 'f', -1, 64) + name
	}
	switch {
	case n >= 1e8:
		return short(1e8, "亿元")
	case n >= 1e4:
		return short(1e4, "万元")
	}
	return fmt.Sprintf("%d元", n)
}

// Toll words casualties: 死亡3人、被困12人、直接损失1.2亿元; "" where none is said.
func Toll(t verdict.Toll) string {
	var out []string
	for _, f := range []struct {
		name string
		n    int
	}{{"死亡", t.Dead}, {"失联", t.Missing}, {"被困", t.Trapped}, {"重伤", t.Serious}, {"受伤", t.Injured}} {
		if f.n > 0 {
			out = append(out, fmt.Sprintf("%s%d人", f.name, f.n))
		}
	}
	if t.LossYuan > 0 {
		out = append(out, "直接损失"+Yuan(t.LossYuan))
	}
	return strings.Join(out, "、")
}

// Clip shortens a text to at most n characters, the … at its end included, and never
// parts a character from its combining marks.
func Clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)
	end := max(n-1, 0)
	for end > 0 && unicode.Is(unicode.M, runes[end]) {
		end--
	}
	return strings.TrimRightFunc(string(runes[:end]), unicode.IsSpace) + "…"
}
