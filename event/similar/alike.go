// Package similar finds reposts: texts that are the same or nearly so, in an index that
// holds hashes only.
package similar

import (
	"math"
	"slices"
	"unicode/utf8"

	"huiying/event/place"
)

// When two texts are one, however edited.
const (
	// copied: a text this much of which stands in the other is a copy, whatever the
	// rest is.
	copied = 0.92
	// edited: below that, a text may still be one in which single characters were
	// changed all over, as long as no whole passages are others.
	edited = 0.70
	// passages is the most that may stand in passages of three characters and more
	// that the other text lacks: texts by one formula (another guest is welcomed,
	// another day is counted) have more.
	passages = 0.06
	// sprinkled is enough where the changes lie scattered, as those of a text by one
	// formula never do.
	sprinkled = 0.62
	// aligned is how much of both texts' beginnings is aligned to tell, in characters.
	alignedShorter, alignedLonger = 300, 1200
	// oneLine: a text below it says little beside its names, so that another name is
	// another matter; in a longer one a name may be one of many, or a slip.
	oneLine = 80
	// fewest characters can be told to be the same as a text of shortText and more.
	fewest = 8
)

// Alike reports whether one of two texts is a copy of the other: passed on, with a
// head or a tail, cut, or edited. The score estimates the share of the shorter
// text's characters that the longer one still has.
func Alike(a, b Text) (score float64, yes bool) {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < fewest || len(b) < shortText {
		return 0, false
	}
	whole := slices.Equal(a, b[:len(a)]) || slices.Equal(a, b[len(b)-len(a):])
	if whole && len(a) >= shortText && (len(a) >= longText || len(b) <= shortRatio*len(a)) {
		return 1, true // what it names, the other names too
	}
	if len(a) < longText {
		score, yes = alikeShort(a, b)
	} else {
		score, yes = alikeLong(a, b)
	}
	return score, yes && !place.OtherCounty(string(a), string(b)) && !otherFigures(a, b, score) && (len(a) >= oneLine || !place.OtherNames(a, b))
}

// alikeLong compares a text of 25 characters and more with one no shorter.
func alikeLong(a, b Text) (score float64, yes bool) {
	score = math.Cbrt(containment(a, b, shortGram))
	if score >= copied || score < math.Cbrt(fewGrams(len(a))) {
		return score, score >= copied
	}
	head := a[:min(len(a), alignedShorter)]
	f := fit(head, b[:min(len(b), alignedLonger)])
	if f.scattered() {
		score = max(score, 1-float64(f.changes)/float64(len(head)))
		return score, score >= sprinkled
	}
	return score, score >= edited && float64(f.passages) <= passages*float64(len(head))
}

// fewGrams is the share of a text's 3-grams of which an edited copy has at least
// so many: half of them on average, the shorter the text the less surely.
func fewGrams(n int) float64 {
	return 0.30 - 0.14*float64(min(max(160-n, 0), 100))/100
}

// What makes short texts one.
const (
	// shortEdited is the share of characters that must be left, shortSprinkled where
	// the changes lie scattered and none is a passage.
	shortEdited    = 0.72
	shortSprinkled = 0.60
	// shortSure: below it, three characters in a row that differ are another name.
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
	if len(a) < shortText { // so little is part of much else: all of both counts
		a, b = b, a
	}
	f := fit(a, b)
	score = 1 - float64(f.changes)/float64(weight(a))
	if f.passages > 0 {
		return score, score >= shortSure || score >= shortSprinkled && f.longest == passageLen && f.scattered()
	}
	return score, score >= shortEdited || score >= shortSprinkled && f.scattered()
}

// latin is what a run of Latin letters or digits weighs at most: blackpink is one
// word and no nine.
const latin = 3

// weight counts the characters of a text, those of one foreign word up to latin.
func weight(t Text) (n int) {
	run := 0
	for _, c := range t {
		if run++; c >= 0x2e80 {
			run = 0
		}
		if run <= latin {
			n++
		}
	}
	return n
}

// fitting is what it takes to make one text a part of another.
type fitting struct {
	// changes is the smallest number of characters to change, drop or add.
	changes int
	// passages counts the characters in runs of passageLen and more that the other
	// text lacks; longest is the longest of them.
	passages, longest int
	// runs of changes there are in a row.
	runs int
}

const passageLen = 3

// scattered reports whether the changes stand each on its own, as those of copying
// and editing do. Texts by one formula differ in a few places by whole words.
// Characters changed by chance with a probability of q make 1-q runs a change.
func (f fitting) scattered() bool { return 20*f.runs >= 11*f.changes }

// fit aligns a with the part of b that it fits best: Sellers' algorithm.
func fit(a, b Text) fitting {
	const stay, drop, add = 0, 1, 2 // both go on; a character of a is dropped; one of b is added
	way := make([]uint8, (len(a)+1)*(len(b)+1))
	row, last := make([]int32, len(b)+1), make([]int32, len(b)+1)
	for i := 1; i <= len(a); i++ {
		row, last = last, row
		row[0] = int32(i)
		way[i*(len(b)+1)] = drop
		for j := 1; j <= len(b); j++ {
			c, w := last[j-1], uint8(stay)
			if a[i-1] != b[j-1] {
				c++
			}
			if d := last[j] + 1; d < c {
				c, w = d, drop
			}
			if d := row[j-1] + 1; d < c {
				c, w = d, add
			}
			row[j], way[i*(len(b)+1)+j] = c, w
		}
	}
	j := 0
	for k := range row {
		if row[k] < row[j] {
			j = k
		}
	}
	f := fitting{changes: int(row[j])}
	run, lacking := 0, 0 // changes in a row, and those of them that b lacks
	for i := len(a); i > 0; {
		same := false
		switch way[i*(len(b)+1)+j] {
		case stay:
			same = a[i-1] == b[j-1]
			i, j = i-1, j-1
			lacking++
		case drop:
			i--
			lacking++
		default:
			j--
		}
		if !same {
			run++
			if i > 0 {
				continue
			}
		} else {
			lacking--
		}
		if run > 0 {
			f.runs++
		}
		if lacking >= passageLen {
			f.passages += lacking
			f.longest = max(f.longest, lacking)
		}
		run, lacking = 0, 0
	}
	return f
}

// otherFigures reports whether the figures of two texts differ more than their
// words do: bulletins of two days, results of two matches. One or two figures that
// rose make no other matter. words is the share of characters that are the same.
func otherFigures(a, b Text, words float64) bool {
	fa, fb := figures(a), figures(b)
	if len(fa) > len(fb) { // a digit changed makes two figures of one
		fa, fb = fb, fa
	}
	if len(fa) < 3 {
		return false
	}
	same, expected := 0, 0.0
	left := map[string]int{}
	for _, f := range fb {
		left[f]++
	}
	for _, f := range fa {
		expected += math.Pow(words, float64(utf8.RuneCountInString(f))+0.5)
		if left[f] > 0 {
			left[f]--
			same++
		}
	}
	return unlikely(same, len(fa), expected/float64(len(fa)))
}

// unlikely reports whether at most hits of n happen with a chance below 0.05 %, each
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
	return sum < 0.0005
}

// figures lists the runs of digits of a text, each with the character after it:
// 3人 is another figure than 3日.
func figures(t Text) []string {
	var out []string
	from := -1
	for i := 0; i <= len(t); i++ {
		digit := i < len(t) && t[i] >= '0' && t[i] <= '9'
		switch {
		case digit && from < 0:
			from = i
		case !digit && from >= 0:
			out = append(out, string(t[from:min(i+1, len(t))]))
			from = -1
		}
	}
	return out
}
