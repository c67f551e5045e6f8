package rulebook

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode"

	"huiying/classifier"
	"huiying/classifier/scan"
	"huiying/classifier/text"
	"huiying/internal/verdict"
)

// Suggestions are words that missed posts share and others seldom have.
type Suggestions struct {
	// Missed counts the posts given, Caught those the rules do not miss after all.
	Missed int `json:"missed"`
	Caught int `json:"caught"`
	// Archive counts the posts of the archive.
	Archive int          `json:"archive"`
	Days    int          `json:"days"`
	Words   []Suggestion `json:"words"`
}

// Suggestion is one word, with the place in the rules where it would catch most.
type Suggestion struct {
	Word string `json:"word"`
	// Missed counts the missed posts that have it, Archive those of the archive;
	// PerDay is the latter a day, 0 where the archive's time is unknown.
	Missed  int     `json:"missed"`
	Archive int     `json:"archive"`
	PerDay  float64 `json:"per_day"`
	// Rule and Group say where to add it; "" where no place would catch anything.
	Rule  string `json:"rule,omitempty"`
	Group string `json:"group,omitempty"`
	// Catches counts the missed posts that it would raise there, to 告警 or 复核, and
	// Alerts those of them that would be alerted. Alarms counts the other posts of the
	// archive that it would newly alert.
	Catches int `json:"catches"`
	Alerts  int `json:"alerts"`
	Alarms  int `json:"alarms"`
	// Examples are the first of those, shortened.
	Examples []string `json:"examples,omitempty"`

	set classifier.RuleSet
}

// Bounds of the search.
const (
	suggestMost = 10 // words shown
	tryMost     = 5  // words tried in the rules
	gramMost    = 5  // characters of a run that may be a word
	wordMost    = 8  // characters of a word of jieba's
	gramLeast   = 3  // missed posts from which on runs of characters may be words
	rareness    = 10 // how much commoner a word must be in missed posts
)

// Suggest finds words by which missed posts could be caught. archive may hold
// the missed posts too.
func Suggest(ctx context.Context, missed []Archived, archive Archive, set classifier.RuleSet, done func(posts int)) (Suggestions, error) {
	s := Suggestions{Missed: len(missed), Words: []Suggestion{}}
	plain, err := Compile(set)
	if err != nil {
		return s, err
	}
	var still []Archived
	for _, p := range missed {
		if plain.Classify(p.Post).Handling == verdict.Alert {
			s.Caught++
			continue
		}
		still = append(still, p)
	}
	candidates := candidates(still, plain.segmenter, set)
	plain.Close()
	if len(candidates) == 0 {
		return s, nil
	}
	if err := s.rare(ctx, archive, candidates, len(still), done); err != nil {
		return s, err
	}
	if len(s.Words) == 0 {
		return s, nil
	}
	err = s.place(ctx, still, archive, set, done)
	return s, err
}

// candidates counts the missed posts that have a word, or words in a row, that
// the rules do not know yet.
func candidates(missed []Archived, seg classifier.Segmenter, set classifier.RuleSet) map[string]int {
	known := map[string]bool{}
	for _, w := range classifier.UserWords(set) {
		known[w] = true
	}
	cleaner := text.New()
	count := map[string]int{}
	for _, p := range missed {
		seen := map[string]bool{}
		for _, field := range []string{p.Title, p.Body} {
			for _, clause := range clauses(cleaner.Clean(field).Runes) {
				for _, w := range grams(clause, seg.Cut(string(clause)), len(missed) >= gramLeast) {
					seen[w] = true
				}
			}
		}
		for w := range seen {
			if !known[w] {
				count[w]++
			}
		}
	}
	least := min(3, max(1, len(missed)))
	for w, n := range count {
		if n < least {
			delete(count, w)
		}
	}
	// Of words that always come together only the longest says all.
	for w, n := range count {
		for longer, m := range count {
			if m == n && len(longer) > len(w) && strings.Contains(longer, w) {
				delete(count, w)
				break
			}
		}
	}
	return count
}

// clauses cuts a text where no word can go on.
func clauses(r []rune) [][]rune {
	var out [][]rune
	start := 0
	for i := range len(r) + 1 {
		if i < len(r) && unicode.Is(unicode.Han, r[i]) {
			continue
		}
		if i-start >= 2 {
			out = append(out, r[start:i])
		}
		start = i + 1
	}
	return out
}

// grams are the words of a clause as jieba cuts it, and with pieces every run of
// two to gramMost characters: a word that is new to jieba is in pieces. Runs that begin or
// end with a particle are no words.
func grams(clause []rune, ends []int, pieces bool) []string {
	var out []string
	start := 0
	for _, end := range ends {
		if n := end - start; n > gramMost && n <= wordMost || !pieces && n >= 2 && n <= wordMost {
			out = append(out, string(clause[start:end]))
		}
		start = end
	}
	for i := range clause {
		if !pieces {
			break
		}
		for j := i + 2; j <= len(clause) && j-i <= gramMost; j++ {
			if !strings.ContainsRune(particles, clause[i]) && !strings.ContainsRune(particles, clause[j-1]) {
				out = append(out, string(clause[i:j]))
			}
		}
	}
	return out
}

// particles are characters that seldom begin or end a word worth a rule.
const particles = "的了着过吗呢吧啊呀是在有和与就都也很还又被把给让从到对这那我你他她它们个些什么怎一不没"

// rare counts the candidates in the archive and keeps the telling ones.
func (s *Suggestions) rare(ctx context.Context, archive Archive, candidates map[string]int, missed int, done func(int)) error {
	words := make([]string, 0, len(candidates))
	for w := range candidates {
		words = append(words, w)
	}
	slices.Sort(words)
	find, cleaner := scan.New(words), text.New()
	counts := make([]int, len(words))
	var span period
	err := through(ctx, archive, func(p Archived) map[int]bool {
		return wordsIn(find, cleaner, p)
	}, func(p Archived, found map[int]bool) {
		s.Archive++
		span.add(arrived(p))
		for w := range found {
			counts[w]++
		}
		if done != nil {
			done(s.Archive)
		}
	})
	if err != nil {
		return err
	}
	s.Days = span.days()
	weigh := func(x Suggestion) float64 {
		often, usual := float64(x.Missed)/float64(missed), float64(x.Archive+1)/float64(s.Archive+1)
		return float64(x.Missed) * math.Log(often/usual)
	}
	for i, w := range words {
		x := Suggestion{Word: w, Missed: candidates[w], Archive: counts[i]}
		if s.Days > 0 {
			x.PerDay = float64(x.Archive) / float64(s.Days)
		}
		// Where the archive holds the missed posts, they do not make a word common.
		usual := float64(max(0, x.Archive-x.Missed)) / float64(s.Archive+1)
		if float64(x.Missed)/float64(missed) >= rareness*usual {
			s.Words = append(s.Words, x)
		}
	}
	slices.SortFunc(s.Words, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(weigh(b), weigh(a)), strings.Compare(a.Word, b.Word))
	})
	s.Words = distinct(s.Words)
	s.Words = s.Words[:min(len(s.Words), suggestMost)]
	return nil
}

// distinct leaves out words that a better one holds or is part of.
func distinct(all []Suggestion) []Suggestion {
	var out []Suggestion
	for _, x := range all {
		if !slices.ContainsFunc(out, func(y Suggestion) bool {
			return strings.Contains(y.Word, x.Word) || strings.Contains(x.Word, y.Word)
		}) {
			out = append(out, x)
		}
	}
	return out
}

func wordsIn(find *scan.Automaton, cleaner *text.Cleaner, p Archived) map[int]bool {
	var found map[int]bool
	for _, field := range []string{p.Title, p.Body} {
		find.Scan(cleaner.Clean(field).Runes, func(word, _, _ int) {
			if found == nil {
				found = map[int]bool{}
			}
			found[word] = true
		})
	}
	return found
}
