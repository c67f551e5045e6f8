package web

import (
	"slices"
	"strings"

	"huiying/internal/safetext"
	"huiying/internal/verdict"
)

// segment is a stretch of a post's text, inside a rule word or between them.
type segment struct {
	Text string
	// Rules says which rules and groups the word belongs to; "" between words.
	Rules string
}

// highlight cuts text where the rules found their words. Offsets are code points
// of the original text; those outside it are cut off, overlapping words join.
func highlight(text, field string, matches []verdict.Match) []segment {
	runes := []rune(text)
	type span struct {
		start, end int
		rules      []string
	}
	var spans []span
	for _, m := range matches {
		start, end := max(m.Start, 0), min(m.End, len(runes))
		if m.Field == field && start < end {
			spans = append(spans, span{start, end, []string{m.Rule + " " + m.Group}})
		}
	}
	slices.SortStableFunc(spans, func(a, b span) int { return a.start - b.start })
	merged := spans[:0]
	for _, s := range spans {
		if n := len(merged); n > 0 && s.start < merged[n-1].end {
			last := &merged[n-1]
			last.end = max(last.end, s.end)
			if !slices.Contains(last.rules, s.rules[0]) {
				last.rules = append(last.rules, s.rules[0])
			}
			continue
		}
		merged = append(merged, s)
	}
	var out []segment
	at := 0
	for _, s := range merged {
		if at < s.start {
			out = append(out, segment{Text: string(runes[at:s.start])})
		}
		out = append(out, segment{Text: string(runes[s.start:s.end]), Rules: strings.Join(s.rules, "，")})
		at = s.end
	}
	if at < len(runes) {
		out = append(out, segment{Text: string(runes[at:])})
	}
	for i := range out {
		out[i].Text = safetext.Text(out[i].Text)
	}
	return out
}

// split cuts segments after n code points: what a page shows at once, and what
// it folds away.
func split(segments []segment, n int) (head, rest []segment) {
	for i, s := range segments {
		r := []rune(s.Text)
		if len(r) <= n {
			n -= len(r)
			continue
		}
		head = append(head, segments[:i]...)
		if n > 0 {
			head = append(head, segment{Text: string(r[:n]), Rules: s.Rules})
		}
		rest = append([]segment{{Text: string(r[n:]), Rules: s.Rules}}, segments[i+1:]...)
		return head, rest
	}
	return segments, nil
}
