package jieba

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// dict is what a user dictionary's frequencies are computed from.
type dict struct {
	frequency map[string]float64
	total     float64
}

// load reads the main dictionary: a word, its frequency and its tag a line.
func load(path string) (*dict, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the dictionary that dictionaries found
	if err != nil {
		return nil, fmt.Errorf("read jieba's dictionary: %w", err)
	}
	d := &dict{frequency: make(map[string]float64, 1<<19)}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		word, rest, ok := strings.Cut(line, " ")
		number, _, tagged := strings.Cut(rest, " ")
		frequency, err := strconv.ParseFloat(number, 64)
		if !ok || !tagged || err != nil || frequency <= 0 {
			return nil, fmt.Errorf("%s:%d: want a word, its frequency and its tag; restore the file from github.com/yanyiwu/gojieba", path, n)
		}
		d.frequency[word] = frequency
		d.total += frequency
	}
	return d, nil
}

// suggest is the least frequency with which word is likelier whole than in any
// parts the dictionary knows.
func (d *dict) suggest(word string) int {
	runes := []rune(word)
	best := make([]float64, len(runes)+1) // log probability of the likeliest parts
	for end := 1; end <= len(runes); end++ {
		best[end] = math.Inf(-1)
		for start := range end {
			f, ok := d.frequency[string(runes[start:end])]
			if !ok {
				if end-start > 1 {
					continue
				}
				f = 1 // jieba gives an unknown character the least weight
			}
			best[end] = max(best[end], best[start]+math.Log(f/d.total))
		}
	}
	return int(math.Exp(best[len(runes)])*d.total) + 1
}

// unknown lists those of words, sorted and once each, that a user dictionary must
// add: not those the dictionary knows, nor those it cannot hold.
func (d *dict) unknown(words []string) []string {
	out := slices.Sorted(slices.Values(words))
	return slices.DeleteFunc(slices.Compact(out), func(word string) bool {
		_, known := d.frequency[word]
		return known || !addable(word)
	})
}

// write puts words with their least frequencies into a user dictionary in gojieba's
// format, with the least of what else it must be given, and returns the directory.
// It is the caller's to remove.
func (d *dict) write(words []string) (dir string, err error) {
	var b strings.Builder
	for _, word := range words {
		fmt.Fprintf(&b, "%s %d n\n", word, d.suggest(word))
	}
	if dir, err = os.MkdirTemp("", "huiying-words-*"); err != nil {
		return "", fmt.Errorf("create jieba's user dictionary: %w", err)
	}
	for name, text := range map[string]string{userDict: b.String(), idf: "的 1\n", stops: "的\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return "", errors.Join(fmt.Errorf("write jieba's user dictionary: %w", err), os.RemoveAll(dir))
		}
	}
	return dir, nil
}

// addable tells words of two Han characters or more: the user dictionary's
// columns are parted by spaces, and a single character would rule its neighbours.
func addable(word string) bool {
	for _, r := range word {
		if !unicode.Is(unicode.Han, r) {
			return false
		}
	}
	return utf8.RuneCountInString(word) >= 2
}
