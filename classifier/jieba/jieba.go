// Package jieba cuts clauses into words with gojieba, the program's only cgo.
package jieba

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/yanyiwu/gojieba"
)

// Segmenter cuts clauses. It takes about 140 MB and half a second to build: make
// one and share it. It is safe for concurrent use until Close.
type Segmenter struct {
	jieba *gojieba.Jieba
	seams *seams
}

// New builds a Segmenter over jieba's dictionary and the given rule words. A word
// the dictionary knows is left as it is, since adding it again would change how
// its neighbours are cut; the others join a user dictionary with the least
// frequency that keeps them whole. To change the words, build another Segmenter.
//
// The dictionaries are looked for in the directory dict beside the executable,
// then where the gojieba module lies in the module cache. It is an error when
// neither has them, as in a binary built with -trimpath and moved by itself.
func New(userWords []string) (*Segmenter, error) {
	dir, err := dictionaries()
	if err != nil {
		return nil, err
	}
	d, err := load(filepath.Join(dir, mainDict))
	if err != nil {
		return nil, err
	}
	added := d.unknown(userWords)
	own, err := d.write(added)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(own) //nolint:errcheck // temporary files; the system clears what is left
	s := &Segmenter{seams: newSeams(), jieba: gojieba.NewJieba(
		filepath.Join(dir, mainDict), filepath.Join(dir, hmmModel),
		filepath.Join(own, userDict), filepath.Join(own, idf), filepath.Join(own, stops),
	)}
	for word := range d.frequency {
		s.seams.add(word)
	}
	for _, word := range added {
		s.seams.add(word)
	}
	return s, nil
}

// The files that gojieba reads. The last two serve its search for keywords, which
// we have no use for: reading those it ships takes a third of the time and of the
// memory, so it is given a line of each.
const (
	mainDict = "jieba.dict.utf8"
	hmmModel = "hmm_model.utf8"
	userDict = "user.dict.utf8"
	idf      = "idf.utf8"
	stops    = "stop_words.utf8"
)

// dictionaries finds the first directory that holds all files. gojieba itself
// panics on a missing file and aborts the process on an empty one.
func dictionaries() (string, error) {
	var tried []string
	if exe, err := os.Executable(); err == nil {
		tried = append(tried, filepath.Join(filepath.Dir(exe), "dict"))
	}
	tried = append(tried, gojieba.DICT_DIR)
	var missing error
	for _, dir := range tried {
		err := complete(dir)
		if err == nil {
			return dir, nil
		}
		missing = errors.Join(missing, err)
	}
	return "", fmt.Errorf("find jieba's dictionaries: %w; copy deps/cppjieba/dict of the module github.com/yanyiwu/gojieba to %s, or build without -trimpath", missing, tried[0])
}

func complete(dir string) error {
	for _, name := range []string{mainDict, hmmModel} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if info.Size() == 0 {
			return fmt.Errorf("%s is empty", filepath.Join(dir, name))
		}
	}
	return nil
}

// Cut returns the ends of clause's words, in code points, ascending; the last is
// the clause's length. Bytes that are no UTF-8 and NUL, at which jieba would
// fall silent, make the clause one word.
func (s *Segmenter) Cut(clause string) []int {
	if !utf8.ValidString(clause) || strings.IndexByte(clause, 0) >= 0 {
		return []int{utf8.RuneCountInString(clause)}
	}
	words := s.jieba.Tokenize(clause, gojieba.DefaultMode, true)
	ends := make([]int, len(words))
	n := 0
	for i, w := range words {
		n += utf8.RuneCountInString(w.Str)
		ends[i] = n
	}
	return ends
}

// Firm tells whether word, where no other word lies across its ends, is left whole
// or cut at its ends and inside only: by the dictionary alone it begins and ends
// with parts of two characters or more. jieba's guesses at words it does not know
// join single characters only, and so never reach over these ends.
func (s *Segmenter) Firm(word string) bool {
	if !utf8.ValidString(word) || strings.IndexByte(word, 0) >= 0 {
		return false
	}
	parts := s.jieba.Cut(word, false)
	return len(parts) > 0 && utf8.RuneCountInString(parts[0]) > 1 && utf8.RuneCountInString(parts[len(parts)-1]) > 1
}

// Crossed tells whether a word of the dictionary may lie across either end of
// clause[start:end], code points of a clause as Cut takes it. It allocates nothing
// and takes a fraction of a microsecond where Cut takes many. False is certain.
func (s *Segmenter) Crossed(clause []rune, start, end int) bool {
	return s.seams.crossed(clause, start, end)
}

// Close frees the dictionaries. Cut must not be called afterwards.
func (s *Segmenter) Close() { s.jieba.Free() }
