//go:build unix

package bench

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cloudflare/ahocorasick"

	"huiying/classifier/scan"
	"huiying/classifier/text"
	"huiying/configs"
	"huiying/internal/ratiotest"
)

var (
	ratios  = flag.Bool("ratios", false, "print how many times faster ours is, a line a figure")
	contest = flag.String("contest", "", "words and texts to compare on, as the classifier's own -contest writes them")
)

// corpus is what both automatons search: texts that are cleaned already, and
// words by how many they are.
type corpus struct {
	Words map[string][]string `json:"words"`
	Texts []string            `json:"texts"`
}

// load reads the file that -contest names; without it the shipped rules serve, which
// is little, but enough to see that both find the same.
func load(tb testing.TB) corpus {
	tb.Helper()
	var c corpus
	if *contest != "" {
		raw, err := os.ReadFile(*contest)
		if err != nil {
			tb.Fatal(err)
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			tb.Fatal(err)
		}
		return c
	}
	names, err := fs.Glob(configs.FS, "rules/*.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	cleaner := text.New()
	for _, name := range names {
		raw, err := configs.FS.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		for line := range strings.Lines(string(raw)) {
			c.Texts = append(c.Texts, cleaner.Clean(line).String())
		}
	}
	random, seen := rand.New(rand.NewPCG(1, 2)), map[string]bool{}
	var words []string
	for len(words) < 2000 {
		line := []rune(c.Texts[random.IntN(len(c.Texts))])
		if len(line) < 8 {
			continue
		}
		at := random.IntN(len(line) - 6)
		w := string(line[at : at+2+random.IntN(4)])
		if strings.TrimSpace(w) == w && !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	c.Words = map[string][]string{"2000": words}
	return c
}

// ways are three ways to count the distinct words of each text, as cloudflare's library
// does: ours over characters, as cleaning leaves them; ours with the reading of UTF-8;
// theirs. The counts are held equal.
func ways(tb testing.TB, words, texts []string) (ours, reading, theirs func()) {
	tb.Helper()
	a, m := scan.New(words), ahocorasick.NewStringMatcher(words)
	seen, stamp := make([]int, len(words)), 0
	count := func(runes []rune) int {
		found := 0
		stamp++
		a.Scan(runes, func(w, _, _ int) {
			if seen[w] != stamp {
				seen[w] = stamp
				found++
			}
		})
		return found
	}
	total := 0
	cleaned, bytes := make([][]rune, len(texts)), make([][]byte, len(texts))
	for i, s := range texts {
		cleaned[i], bytes[i] = []rune(s), []byte(s)
		got, want := count(cleaned[i]), len(m.Match(bytes[i]))
		if got != want {
			tb.Fatalf("%q: %d words, cloudflare/ahocorasick %d", s, got, want)
		}
		total += got
	}
	tb.Logf("%d words, %d found in %d texts", len(words), total, len(texts))
	var runes []rune
	return func() {
			for _, c := range cleaned {
				count(c)
			}
		}, func() {
			for _, s := range texts {
				runes = read(runes[:0], s)
				count(runes)
			}
		}, func() {
			for _, b := range bytes {
				m.Match(b)
			}
		}
}

// read adds the characters of s, which is valid, to runes as the engine reads texts:
// those of three bytes, nearly all of a Chinese text, first.
func read(runes []rune, s string) []rune {
	for i := 0; i < len(s); {
		if b := s[i]; b-0xE0 < 16 && i+2 < len(s) {
			runes = append(runes, rune(b&0xF)<<12|rune(s[i+1]&0x3F)<<6|rune(s[i+2]&0x3F))
			i += 3
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		runes = append(runes, r)
		i += n
	}
	return runes
}

func sizes(c corpus) []string {
	var all []string
	for n := range c.Words {
		all = append(all, n)
	}
	slices.SortFunc(all, func(a, b string) int { return len(c.Words[a]) - len(c.Words[b]) })
	return all
}

// TestAutomaton holds both to the same counts and, asked for ratios, prints them.
func TestAutomaton(t *testing.T) {
	c := load(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, n := range sizes(c) {
		ours, reading, theirs := ways(t, c.Words[n], c.Texts)
		if *ratios {
			fmt.Printf("ratio automaton-%s %.1f\n", n, ratiotest.Ratio(ours, theirs))
			fmt.Printf("ratio automaton-%s-from-utf8 %.1f\n", n, ratiotest.Ratio(reading, theirs))
		}
	}
}

func BenchmarkAutomaton(b *testing.B) {
	c := load(b)
	for _, n := range sizes(c) {
		ours, reading, theirs := ways(b, c.Words[n], c.Texts)
		for name, run := range map[string]func(){"ours": ours, "ours-from-utf8": reading, "cloudflare": theirs} {
			b.Run(n+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					run()
				}
			})
		}
	}
}
