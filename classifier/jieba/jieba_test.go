package jieba

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yanyiwu/gojieba"

	"huiying/classifier"
)

var _ classifier.Segmenter = (*Segmenter)(nil)

// cut joins the words with | as the Segmenter parts them.
func cut(s *Segmenter, clause string) string {
	runes := []rune(clause)
	var words []string
	start := 0
	for _, end := range s.Cut(clause) {
		words = append(words, string(runes[start:end]))
		start = end
	}
	return strings.Join(words, "|")
}

func TestCut(t *testing.T) {
	t.Parallel()
	s, err := New([]string{"煤改气", "片帮", "停电", "透水", "又", "LNG站", "没 电"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	for name, tc := range map[string]struct{ in, want string }{
		"unknown word kept whole": {"长治煤改气补贴", "长治|煤改气|补贴"},
		"another one":             {"巷道片帮了", "巷道|片帮|了"},
		"known words untouched":   {"又停了电话打不通", "又|停|了|电话|打|不通"},
		"empty":                   {"", ""},
		"invalid byte":            {"停\xff电", "停\ufffd电"},
		"NUL":                     {"停\x00电停", "停\x00电停"},
		"beyond the BMP":          {"停🔌电", "停|🔌|电"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := cut(s, tc.in); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
	t.Run("concurrently", func(t *testing.T) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 200 {
					if got := cut(s, "长治煤改气补贴"); got != "长治|煤改气|补贴" {
						t.Errorf("got %q", got)
						return
					}
				}
			})
		}
		wg.Wait()
	})
}

func TestUserDictionaryLeavesKnownWordsAlone(t *testing.T) {
	t.Parallel()
	d, err := load(filepath.Join(gojieba.DICT_DIR, mainDict))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := d.write(d.unknown([]string{"煤改气", "停电", "煤改气", "电", "a b", "长治"}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	data, err := os.ReadFile(filepath.Join(dir, userDict))
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(strings.TrimSpace(string(data)), "\n"); len(lines) != 1 || !strings.HasPrefix(lines[0], "煤改气 ") {
		t.Errorf("user dictionary holds %q, want 煤改气 alone", lines)
	}
}

func TestBrokenDictionaryIsAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := complete(dir); err == nil {
		t.Error("an empty directory passes as dictionaries")
	}
	bad := filepath.Join(dir, mainDict)
	if err := os.WriteFile(bad, []byte("停电 61 v\n坏行\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := load(bad)
	if err == nil || !strings.Contains(err.Error(), bad+":2:") {
		t.Errorf("err = %v, want the file and line 2", err)
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	d := &dict{frequency: map[string]float64{"停": 400, "气": 500, "停气": 7}, total: 1000}
	got := []int{d.suggest("停气"), d.suggest("停暖"), d.suggest("气停")}
	if diff := cmp.Diff([]int{201, 1, 201}, got); diff != "" {
		t.Error(diff)
	}
}

// TestFirmWordsAreNotCut holds Firm and Crossed to what Cut does: a firm word that
// nothing crosses begins and ends where words do, or lies within one.
func TestFirmWordsAreNotCut(t *testing.T) {
	t.Parallel()
	s, err := New([]string{"煤改气", "片帮", "停电", "透水", "有限电"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	words := []string{"停电", "透水", "片帮", "煤改气", "有限电", "长治", "煤矿", "发热", "人民政府", "限电", "电力"}
	around := []rune("又停电话梯煤改气片帮长治市有限电力公司透水系谣言引发热烈的人民政府了一ab3、-“")
	random := rand.New(rand.NewPCG(5, 6))
	free := 0
	for range 60_000 {
		word := words[random.IntN(len(words))]
		text := make([]rune, 0, 16)
		for range random.IntN(5) {
			text = append(text, around[random.IntN(len(around))])
		}
		start := len(text)
		text = append(text, []rune(word)...)
		end := len(text)
		for range random.IntN(5) {
			text = append(text, around[random.IntN(len(around))])
		}
		if !s.Firm(word) || s.Crossed(text, start, end) {
			continue
		}
		free++
		cuts := append([]int{0}, s.Cut(string(text))...)
		inside := slices.ContainsFunc(cuts, func(at int) bool { return at > start && at < end })
		if inside && (!slices.Contains(cuts, start) || !slices.Contains(cuts, end)) {
			t.Fatalf("%s in %q is cut as %s", word, string(text), cut(s, string(text)))
		}
	}
	if free < 10_000 {
		t.Errorf("only %d of 60,000 are told without cutting", free)
	}
	for word, firm := range map[string]bool{"煤改气": true, "停电": true, "的电": false, "abc": false, "": false, "a\x00b": false} {
		if s.Firm(word) != firm {
			t.Errorf("Firm(%q) is %v", word, !firm)
		}
	}
}
