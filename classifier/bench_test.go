//go:build unix

package classifier_test

import (
	"flag"
	"fmt"
	"iter"
	"math"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/cloudflare/ahocorasick"
	"github.com/google/go-cmp/cmp"

	"huiying/classifier"
	"huiying/classifier/jieba"
	"huiying/classifier/scan"
	"huiying/classifier/text"
	"huiying/internal/post"
	"huiying/internal/verdict"
)

var (
	ratios = flag.Bool("ratios", false, "measure the engine against the plain way and print a line a figure")
	dense  = flag.Bool("dense", false, "let a post give as many words as it has, which makes every clause of it a hit")
)

// contest is one figure: the engine and the plain way over the same posts.
type contest struct {
	name   string
	posts  []post.Post
	engine *classifier.Classifier
	plain  *classifier.Reference
}

// contests yields the figures' contests one by one. Both sides cut by the same
// dictionaries, to which the rules' words are added as the program adds them.
func contests(tb testing.TB) iter.Seq[contest] {
	tb.Helper()
	all := corpus(tb)
	return func(yield func(contest) bool) {
		for _, kind := range []string{"post", "article"} {
			for _, percent := range []int{1, 10} {
				if len(all[kind]) == 0 {
					tb.Logf("the corpus has no %s", kind)
					continue
				}
				plain := segmenter(tb, nil)
				per := map[string]int{"post": 3, "article": 8}[kind]
				if *dense {
					per = math.MaxInt
				}
				words := draw(tb, plain, all[kind], float64(percent)/100, per, 2000)
				plain.Close()
				c := contest{name: fmt.Sprintf("%ss-%dpct", kind, percent), posts: all[kind]}
				set := ruleSet(words)
				seg := segmenter(tb, classifier.UserWords(set))
				var err error
				if c.engine, err = classifier.New(set, seg); err != nil {
					tb.Fatal(err)
				}
				if c.plain, err = classifier.NewReference(set, classifier.Cutter(seg)); err != nil {
					tb.Fatal(err)
				}
				c.plain.UseAutomaton(c.engine)
				c.agree(tb, len(words), hash(words))
				more := yield(c)
				seg.Close()
				if !more {
					return
				}
			}
		}
	}
}

func segmenter(tb testing.TB, words []string) *jieba.Segmenter {
	tb.Helper()
	seg, err := jieba.New(words)
	if err != nil {
		tb.Fatal(err)
	}
	return seg
}

// agree holds both ways to the same verdicts.
func (c contest) agree(tb testing.TB, words int, digest uint32) {
	tb.Helper()
	hit, fired := 0, 0
	for _, p := range c.posts {
		want := c.plain.Classify(p)
		if d := cmp.Diff(want, c.engine.Classify(p)); d != "" {
			tb.Fatalf("%s: %q %q: plain -, engine +\n%s", c.name, p.Title, p.Body, d)
		}
		if want.Why != "没有规则里的词" {
			hit++
		}
		if want.Handling != verdict.None {
			fired++
		}
	}
	tb.Logf("%s: %d words (%08x), %d posts, %d with raw hits (%.1f %%), %d fired", c.name, words, digest, len(c.posts), hit, 100*float64(hit)/float64(len(c.posts)), fired)
}

// TestRatios prints a line a figure: how many times faster than the plain way.
// Both ways run in turn on one core and are measured by the processor time they
// take, since machines are shared; the figure is the median of the turns' ratios.
func TestRatios(t *testing.T) {
	if !*ratios {
		t.Skip("run with -args -ratios")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for c := range contests(t) {
		classify := func(judge interface {
			Classify(post.Post) verdict.Verdict
		},
		) func() {
			return func() {
				for _, p := range c.posts {
					judge.Classify(p)
				}
			}
		}
		fmt.Printf("ratio %s %.1f\n", c.name, ratio(classify(c.engine), classify(c.plain)))
	}
	for _, n := range []int{2000, 20000} {
		ours, read, theirs := automatons(t, n)
		fmt.Printf("ratio automaton-%d %.1f\n", n, ratio(ours, theirs))
		fmt.Printf("ratio automaton-%d-from-utf8 %.1f\n", n, ratio(read, theirs))
	}
}

// ratio is how many times longer slow takes than fast.
func ratio(fast, slow func()) float64 {
	const turns, least = 7, 100 * time.Millisecond
	clock := func(f func(), times int) time.Duration {
		started := spent()
		for range times {
			f()
		}
		return (spent() - started) / time.Duration(times)
	}
	fast()
	once := clock(fast, 1)
	times := int(least/max(once, 1)) + 1
	var out []float64
	for range turns {
		runtime.GC()
		out = append(out, float64(clock(slow, 1))/float64(clock(fast, times)))
	}
	slices.Sort(out)
	return out[turns/2]
}

// spent is the processor time this process has taken, collecting garbage included.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// automatons are this engine's automaton and cloudflare/ahocorasick over the same
// words and texts, which are cleaned beforehand, each in the form it takes: ours in
// characters, as cleaning leaves them, which the other figures count; reading is ours
// with the reading of UTF-8 counted here as well. All count the distinct words of each
// text, as that library does; the counts are held equal.
func automatons(tb testing.TB, n int) (ours, reading, theirs func()) {
	tb.Helper()
	seg := segmenter(tb, nil)
	defer seg.Close()
	cleaner := text.New()
	all := slices.Concat(corpus(tb)["post"], corpus(tb)["article"])
	var texts []string
	for _, p := range all {
		texts = append(texts, cleaner.Clean(p.Title+"\n"+p.Body).String())
	}
	words := draw(tb, seg, all, 1, n, n)
	a, m := scan.New(words), ahocorasick.NewStringMatcher(words)
	bytes := make([][]byte, len(texts))
	for i, s := range texts {
		bytes[i] = []byte(s)
	}
	var runes []rune
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
	cleaned := make([][]rune, len(texts))
	for i, s := range texts {
		cleaned[i] = []rune(s)
		got, want := count(cleaned[i]), len(m.Match(bytes[i]))
		if got != want {
			tb.Fatalf("%q: %d words, cloudflare/ahocorasick %d", s, got, want)
		}
		total += got
	}
	tb.Logf("%d words, %d found in %d texts", len(words), total, len(texts))
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

func BenchmarkPosts(b *testing.B) {
	for c := range contests(b) {
		size := int64(0)
		for _, p := range c.posts {
			size += int64(len(p.Title) + len(p.Body))
		}
		for name, classify := range map[string]func(post.Post) verdict.Verdict{"engine": c.engine.Classify, "plain": c.plain.Classify} {
			b.Run(c.name+"/"+name, func(b *testing.B) {
				b.SetBytes(size)
				b.ReportAllocs()
				for b.Loop() {
					for _, p := range c.posts {
						classify(p)
					}
				}
			})
		}
	}
}

func BenchmarkAutomaton(b *testing.B) {
	for _, n := range []int{2000, 20000} {
		ours, reading, theirs := automatons(b, n)
		for name, run := range map[string]func(){"ours": ours, "ours-from-utf8": reading, "cloudflare": theirs} {
			b.Run(fmt.Sprintf("%d/%s", n, name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					run()
				}
			})
		}
	}
}
