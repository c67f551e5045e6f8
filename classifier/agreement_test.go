package classifier_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huiying/classifier"
	"huiying/classifier/jieba"
	"huiying/internal/post"
	"huiying/internal/rulebook"
)

// shipped is the engine and the reference over the shipped rule pack.
var shipped = sync.OnceValues(func() (pair struct {
	engine *classifier.Classifier
	plain  *classifier.Reference
}, err error,
) {
	_, rules, err := rulebook.Default()
	if err != nil {
		return pair, err
	}
	set := rulebook.RuleSet(rules)
	seg, err := jieba.New(classifier.UserWords(set))
	if err != nil {
		return pair, err
	}
	if pair.engine, err = classifier.New(set, seg); err != nil {
		return pair, err
	}
	pair.plain, err = classifier.NewReference(set, classifier.Cutter(seg))
	return pair, err
})

// compare holds the engine to the reference on one post.
func compare(t *testing.T, p post.Post) {
	t.Helper()
	s, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(s.plain.Classify(p), s.engine.Classify(p)); d != "" {
		t.Errorf("title %q body %q local %v: reference -, engine +\n%s", p.Title, p.Body, p.Local, d)
	}
}

// TestSameVerdict holds the engine to the reference on collected texts, each also
// as one of a local source. They lie outside the repository; where they are absent
// the test is skipped.
func TestSameVerdict(t *testing.T) {
	if testing.Short() {
		t.Skip("36,000 texts judged slowly take minutes under the race detector")
	}
	t.Parallel()
	for _, name := range []string{"weibo_titles", "weibo_posts", "cctv_articles"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := 0
			for _, p := range texts(t, name) {
				p.Local = n%2 == 0
				compare(t, p)
				if n++; t.Failed() {
					return
				}
			}
			t.Logf("%d posts", n)
		})
	}
}

// texts yields the posts of one collection of texts.
func texts(tb testing.TB, name string) iter.Seq2[string, post.Post] {
	tb.Helper()
	f, err := os.Open(filepath.Join("..", "..", "shared", "data", "text", name+".jsonl.gz"))
	if errors.Is(err, fs.ErrNotExist) {
		tb.Skip("no collected texts:", err)
	} else if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = f.Close() })
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	return posts(tb, unzipped)
}

// posts reads posts with their kinds as JSON lines; text is another name of body.
func posts(tb testing.TB, r io.Reader) iter.Seq2[string, post.Post] {
	tb.Helper()
	return func(yield func(string, post.Post) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			var p struct {
				post.Post
				Kind string `json:"kind"`
				Text string `json:"text"`
			}
			if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
				tb.Fatal(err)
			}
			p.Body += p.Text
			if !yield(p.Kind, p.Post) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			tb.Fatal(err)
		}
	}
}

// FuzzSameVerdict holds the engine to the reference on texts made of rule words
// and whatever the fuzzer puts between and into them.
func FuzzSameVerdict(f *testing.F) {
	s, err := shipped()
	if err != nil {
		f.Fatal(err)
	}
	noise := []string{
		"", "\u200b", "\u20e0", "-", " ", "🔌", "、", "，", "。", "!", "\x00", "\xff", "\xed\xa0\x80", "……", "①", "㎡", "１２人", "未发生",
		"严防", "無", "人被困", "《》", "\n", "3", "a", "_._", "-----",
	}
	words := s.plain.Words()
	every := 1
	if testing.Short() { // they are thousands, judged slowly, one after another
		every = 20
	}
	for i := 0; i < len(words); i += every {
		w := words[i]
		n, n2 := noise[i%len(noise)], noise[i*7/3%len(noise)]
		half := len(w) / 2
		next := words[(i*31+7)%len(words)]
		f.Add("长治"+string(w)+n, string(w[:half])+n+string(w[half:])+n2+string(next)+n+"煤矿透水", i%2 == 0)
	}
	f.Add("長治\u200b煤礦透-水", "１２人被困，嚴防⽕災。ＬＮＧ站泄漏", false)
	f.Add("", strings.Repeat("长-治煤🔌矿 透.水", 30), true)
	f.Add("\u202e長治\xff停🔌电", strings.Repeat("长治煤矿爆炸", 80), true)
	f.Fuzz(func(t *testing.T, title, body string, local bool) {
		compare(t, post.Post{Title: title, Body: body, Local: local})
	})
}

// examples are the texts of the shipped rules' own examples, one after another.
func examples(tb testing.TB) string {
	tb.Helper()
	_, rules, err := rulebook.Default()
	if err != nil {
		tb.Fatal(err)
	}
	var b strings.Builder
	for _, r := range rulebook.RuleSet(rules).Rules {
		for _, e := range slices.Concat(r.Examples.Hit, r.Examples.Miss, r.Examples.Review) {
			b.WriteString(e.Title + e.Body + "。")
		}
	}
	return b.String()
}
