package classifier_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"huiying/classifier"
	"huiying/classifier/jieba"
	"huiying/classifier/text"
	"huiying/internal/post"
	"huiying/internal/verdict"
)

// corpus is what the benchmarks read. HUIYING_BENCH_CORPUS names a file of JSON
// lines (id, kind "post" or "article", title, body); without it the collected
// texts beside the repository serve, and without those generated ones.
func corpus(tb testing.TB) (kinds map[string][]post.Post) {
	tb.Helper()
	kinds = map[string][]post.Post{}
	if name := os.Getenv("HUIYING_BENCH_CORPUS"); name != "" {
		f, err := os.Open(name)
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { _ = f.Close() })
		for kind, p := range posts(tb, f) {
			kinds[kind] = append(kinds[kind], p)
		}
	} else if _, err := os.Stat(filepath.Join("..", "..", "shared", "data", "text")); err == nil {
		for _, p := range texts(tb, "weibo_posts") {
			kinds["post"] = append(kinds["post"], p)
		}
		for _, p := range texts(tb, "cctv_articles") {
			kinds["article"] = append(kinds["article"], p)
		}
	} else {
		kinds["post"], kinds["article"] = generate(tb, 3000, 80), generate(tb, 600, 1000)
	}
	const most = 2_000_000 // bytes of one kind: enough to be steady, little enough to wait for
	for kind, all := range kinds {
		n, bytes := 0, 0
		for ; n < len(all) && (bytes < most || n < 400); n++ {
			bytes += len(all[n].Title) + len(all[n].Body)
			all[n].Local = n%4 == 0
		}
		kinds[kind] = all[:n]
	}
	return kinds
}

// generate makes texts that follow the shipped rules' examples character by
// character: each one is drawn from those that follow the two before it.
func generate(tb testing.TB, n, length int) []post.Post {
	tb.Helper()
	follow := map[[2]rune][]rune{}
	var at [2]rune
	for _, r := range examples(tb) {
		follow[at] = append(follow[at], r)
		at = [2]rune{at[1], r}
	}
	random := rand.New(rand.NewPCG(7, uint64(length)))
	out := make([]post.Post, n)
	for i := range out {
		var b strings.Builder
		for range length/2 + random.IntN(length) {
			next := follow[at]
			if len(next) == 0 {
				at, next = [2]rune{}, follow[[2]rune{}]
			}
			r := next[random.IntN(len(next))]
			b.WriteRune(r)
			at = [2]rune{at[1], r}
		}
		out[i] = post.Post{Body: b.String()}
	}
	return out
}

// draw takes words from a share of the posts that occur in no other, so that this
// share of the posts and no more holds any of them. Where these are fewer than n,
// the others are two of them joined, which no post holds but which begin as real
// words do. No post gives more than per words: in real life a post with a rule
// word holds few (with the shipped rules 1.4 of a title, 3.0 of a Weibo post, 8.7
// of a news article).
func draw(tb testing.TB, seg *jieba.Segmenter, all []post.Post, share float64, per, n int) []string {
	tb.Helper()
	random := rand.New(rand.NewPCG(11, uint64(share*1e6)))
	cleaner := text.New()
	clean := make([]string, len(all))
	for i, p := range all {
		clean[i] = cleaner.Clean(p.Title).String() + "\n" + cleaner.Clean(p.Body).String()
	}
	target := map[int]bool{}
	for _, i := range random.Perm(len(all))[:max(1, int(share*float64(len(all))+0.5))] {
		target[i] = true
	}
	var candidates []string
	from := map[string]int{} // the post a candidate was taken from
	seen := map[string]bool{}
	for i := range clean {
		if !target[i] {
			continue
		}
		runes, last := []rune(clean[i]), [2]int{}
		for _, end := range seg.Cut(clean[i]) {
			for _, start := range last { // a word, and it with the one before it
				if w := string(runes[start:end]); end-start >= 2 && end-start <= 6 && han(w) && !seen[w] {
					seen[w], from[w] = true, i
					candidates = append(candidates, w)
				}
			}
			last = [2]int{last[1], end}
		}
	}
	random.Shuffle(len(candidates), func(i, j int) { candidates[i], candidates[j] = candidates[j], candidates[i] })
	elsewhere := map[string]bool{}
	for i := range clean {
		if target[i] {
			continue
		}
		runes := []rune(clean[i])
		for a := range runes {
			for b := a + 2; b <= min(a+6, len(runes)); b++ {
				if w := string(runes[a:b]); seen[w] {
					elsewhere[w] = true
				}
			}
		}
	}
	given := map[int]int{}
	candidates = slices.DeleteFunc(candidates, func(w string) bool {
		if elsewhere[w] || given[from[w]] == per {
			return true
		}
		given[from[w]]++
		return false
	})
	whole := strings.Join(clean, "\n")
	for drawn := len(candidates); len(candidates) < n; {
		w := candidates[random.IntN(drawn)] + candidates[random.IntN(drawn)]
		if !seen[w] && !strings.Contains(whole, w) {
			seen[w] = true
			candidates = append(candidates, w)
		}
	}
	return candidates[:n]
}

func han(w string) bool {
	return !strings.ContainsFunc(w, func(r rune) bool { return !unicode.Is(unicode.Han, r) })
}

// ruleSet spreads words over 400 rules of all shapes, places, exclusions and marks.
func ruleSet(words []string) classifier.RuleSet {
	taken := 0
	take := func(n int) []classifier.Words {
		out := words[min(taken, len(words)):min(taken+n, len(words))]
		taken += n
		return []classifier.Words{{Words: out}}
	}
	set := classifier.RuleSet{
		Places:   classifier.Places{Sure: take(20), Unsure: take(10), Evidence: take(10), Elsewhere: take(40), Energy: take(10)},
		Fallback: classifier.Fallback{Heavy: take(20)},
		Excludes: []classifier.Exclude{{Name: "一", Words: take(8), Unless: take(4), To: verdict.None}, {Name: "二", Words: take(8), To: verdict.Review}},
		Marks:    []classifier.Rule{{ID: "M", Tag: "标", AnyPlace: true, Groups: []classifier.Group{{Name: "标", Words: take(10)}}}},
	}
	categories := verdict.Categories()
	per := (len(words) - taken) / 400
	for i := range 400 {
		r := classifier.Rule{ID: fmt.Sprintf("R-%03d", i), Category: categories[i%len(categories)], Status: classifier.Live}
		switch i % 4 {
		case 0: // a quarter fire on one word
			r.Groups = []classifier.Group{{Name: "甲", Words: take(per), Negatable: i%8 == 0}}
		default:
			r.Groups = []classifier.Group{{Name: "甲", Words: take(per / 2)}, {Name: "乙", Words: take(per - per/2 - 1), Negatable: true}}
			r.Weights = []classifier.Weight{{Words: take(1), Points: 20, Position: classifier.InTitle}}
		}
		if i%10 == 1 {
			r.Near = []classifier.Distance{{Before: r.Groups[0].Words, After: r.Groups[1].Words, Points: 10}}
		}
		r.AnyPlace = i%20 == 2
		set.Rules = append(set.Rules, r)
	}
	return set
}

// hash is a digest of words, to tell in a log that two runs drew the same.
func hash(words []string) uint32 {
	h := fnv.New32a()
	for _, w := range words {
		_, _ = h.Write([]byte(w))
	}
	return h.Sum32()
}
