//go:build unix

package classifier_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"iter"
	"math"
	"os"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huiying/classifier"
	"huiying/classifier/jieba"
	"huiying/classifier/text"
	"huiying/internal/post"
	"huiying/internal/ratiotest"
	"huiying/internal/verdict"
)

var (
	ratios      = flag.Bool("ratios", false, "measure the engine against the plain way and print a line a figure")
	contestFile = flag.String("contest", "", "with -ratios: the file to write the words and texts to on which the module bench compares automatons")
	dense       = flag.Bool("dense", false, "let a post give as many words as it has, which makes every clause of it a hit")
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
		fmt.Printf("ratio %s %.1f\n", c.name, ratiotest.Ratio(classify(c.engine), classify(c.plain)))
	}
	if *contestFile != "" {
		writeContest(t)
	}
}

// writeContest writes the words and texts on which the module bench compares automatons.
func writeContest(t *testing.T) {
	t.Helper()
	seg := segmenter(t, nil)
	defer seg.Close()
	cleaner := text.New()
	all := slices.Concat(corpus(t)["post"], corpus(t)["article"])
	var c struct {
		Words map[string][]string `json:"words"`
		Texts []string            `json:"texts"`
	}
	for _, p := range all {
		c.Texts = append(c.Texts, cleaner.Clean(p.Title+"\n"+p.Body).String())
	}
	c.Words = map[string][]string{}
	for _, n := range []int{2000, 20000} {
		c.Words[fmt.Sprint(n)] = draw(t, seg, all, 1, n, n)
	}
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(*contestFile, raw, 0o600); err != nil {
		t.Fatal(err)
	}
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
