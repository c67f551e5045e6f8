package yamlcheck

import (
	"slices"
	"strings"
)

// Nearest is the known word most like the given one, or "" where none is near:
// at most half of its characters may differ.
func Nearest(word string, known []string) string {
	best, least := "", len([]rune(word))/2+1
	for _, k := range known {
		limit := max(len([]rune(word)), len([]rune(k)))/2 + 1
		if d := distance([]rune(strings.ToLower(word)), []rune(strings.ToLower(k))); d < min(least, limit) {
			best, least = k, d
		}
	}
	return best
}

// Suggest is the remedy for a word that is not among the known ones.
func Suggest(word string, known []string) string {
	if n := Nearest(word, known); n != "" {
		return "您是不是想写: " + n
	}
	return "有这些: " + List(known)
}

// List joins names for a message, at most a dozen of them.
func List(names []string) string {
	if len(names) == 0 {
		return "(一个也没有)"
	}
	if len(names) > 12 {
		return strings.Join(names[:12], "、") + " 等"
	}
	return strings.Join(names, "、")
}

// distance is the Damerau–Levenshtein distance (optimal string alignment) of two words.
func distance(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// UnknownTo tells a name that is not among the known ones. Where the list itself
// is empty or holds an entry without a name, that was reported already and says
// nothing about others.
func UnknownTo(known []string, name string) bool {
	return len(known) > 0 && slices.Index(known, "") < 0 && slices.Index(known, name) < 0
}
