package event

import (
	"math"
	"slices"
)

// When two texts are one, however edited.
const (
	// copied: a text this much of which stands in the other is a copy, whatever the
	// rest is.
	copied = 0.88
	// edited: below that, a text may still be one in which single characters were
	// changed all over, as long as no whole passage is another.
	edited = 0.735
	// scattered is how many more long grams than short ones may have survived
	// scattered edits. Where passages were exchanged (formulas with another
	// name and another speech in them) more survive.
	scattered = 1.15
)

// Alike reports whether one of two texts is a copy of the other: passed on, with a
// head or a tail, cut, or edited. The score estimates the share of the shorter
// text's characters that the longer one still has.
func Alike(a, b Text) (score float64, yes bool) {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < shortText {
		return 0, false
	}
	if whole := slices.Equal(a, b[:len(a)]) || slices.Equal(a, b[len(b)-len(a):]); whole && (len(a) >= longText || len(b) <= shortRatio*len(a)) {
		score = 1
	} else if len(a) < longText {
		if score, yes = alikeShort(a, b); !yes {
			return score, false
		}
	} else {
		three, five := containment(a, b, shortGram), containment(a, b, longGram)
		score = math.Cbrt(three)
		if score < edited {
			return score, false
		}
		if score < copied && five > scattered*math.Pow(three, float64(longGram)/shortGram) {
			return score, false
		}
	}
	return score, !otherPlace(a, b) && !otherFigures(a, b, score)
}

// containment is the share of a's grams that b has.
func containment(a, b Text, k int) float64 {
	ga, gb := gramSet(a, k), gramSet(b, k)
	both, j := 0, 0
	for _, g := range ga {
		for j < len(gb) && gb[j] < g {
			j++
		}
		if j < len(gb) && gb[j] == g {
			both++
		}
	}
	return float64(both) / float64(max(len(ga), 1))
}

func gramSet(t Text, k int) []uint32 {
	out := gramHashes(make([]uint32, 0, len(t)), t, k)
	slices.Sort(out)
	return slices.Compact(out)
}

// What makes short texts one.
const (
	// shortEdited is the share of characters that must be left.
	shortEdited = 0.72
	// shortName: so many characters in a row that differ are another name (武乡县又
	// 停电了, 襄垣县又停电了), below shortSure.
	shortName = 3
	shortSure = 0.88
	// shortRatio: how many times longer the text may be that a short one begins or
	// ends, and the one that has it, or nearly, in it somewhere.
	shortRatio       = 5
	shortRatioWithin = 2
)

// alikeShort compares a text below 25 characters with one no shorter: by the
// fewest changes that make it a part of the other.
func alikeShort(a, b Text) (score float64, yes bool) {
	if len(b) > shortRatioWithin*len(a) {
		return 0, false
	}
	changes, run := fit(a, b)
	score = 1 - float64(changes)/float64(len(a))
	return score, score >= shortEdited && (run < shortName || score >= shortSure)
}

// fit is the smallest number of characters to change, drop or add to make a part of
// b of a, and the longest run of a's characters that b lacks.
func fit(a, b Text) (changes, run int) {
	// Sellers' algorithm: b's head and tail cost nothing.
	cost := make([][]int, len(a)+1)
	for i := range cost {
		cost[i] = make([]int, len(b)+1)
		cost[i][0] = i
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			c := cost[i-1][j-1]
			if a[i-1] != b[j-1] {
				c++
			}
			cost[i][j] = min(c, cost[i-1][j]+1, cost[i][j-1]+1)
		}
	}
	last := cost[len(a)]
	j := 0
	for k := range last {
		if last[k] < last[j] {
			j = k
		}
	}
	changes = last[j]
	now := 0
	for i := len(a); i > 0; {
		switch {
		case j > 0 && a[i-1] == b[j-1] && cost[i][j] == cost[i-1][j-1]:
			i, j, now = i-1, j-1, 0
		case j > 0 && cost[i][j] == cost[i-1][j-1]+1:
			i, j, now = i-1, j-1, now+1
		case cost[i][j] == cost[i-1][j]+1:
			i, now = i-1, now+1
		default:
			j--
		}
		run = max(run, now)
	}
	return changes, run
}

// otherFigures reports whether the figures of two texts differ more than their
// words do: bulletins of two days, results of two matches. One or two figures that
// rose make no other matter. words is the share of characters that are the same.
func otherFigures(a, b Text, words float64) bool {
	fa, fb := figures(a), figures(b)
	if len(fa) < 3 {
		return false
	}
	same, expected := 0, 0.0
	left := map[string]int{}
	for _, f := range fb {
		left[f]++
	}
	for _, f := range fa {
		expected += math.Pow(words, float64(len(f))+0.3)
		if left[f] > 0 {
			left[f]--
			same++
		}
	}
	return unlikely(same, len(fa), expected/float64(len(fa)))
}

// unlikely reports whether at most hits of n happen with a chance below 1 %, each
// happening with chance p.
func unlikely(hits, n int, p float64) bool {
	if p >= 1 {
		p = 0.99
	}
	// The binomial's lower tail, term by term in logarithms.
	sum := 0.0
	lg := func(k int) float64 { v, _ := math.Lgamma(float64(k + 1)); return v }
	for k := range hits + 1 {
		sum += math.Exp(lg(n) - lg(k) - lg(n-k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
	}
	return sum < 0.01
}

// figures lists the runs of digits of a text.
func figures(t Text) []string {
	var out []string
	from := -1
	for i := 0; i <= len(t); i++ {
		digit := i < len(t) && t[i] >= '0' && t[i] <= '9'
		switch {
		case digit && from < 0:
			from = i
		case !digit && from >= 0:
			out = append(out, string(t[from:i]))
			from = -1
		}
	}
	return out
}
