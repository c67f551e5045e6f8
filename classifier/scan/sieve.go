package scan

import (
	"slices"
	"unicode/utf8"

	"huiying/classifier/text"
)

// Sieve tells texts without any word from the others before they are cleaned. It
// is immutable and safe for concurrent use.
type Sieve struct {
	*Automaton
	cleaner *text.Cleaner
	// fold is for a character of a text not yet cleaned the code of what it is
	// cleaned to, or one of the kinds that need a closer look.
	fold [0x10000]uint16
}

// Kinds of characters in fold, above all codes.
const (
	closer = 0xFF00        // the first of them
	drop   = closer + iota // cleaned away
	gap                    // of no word, and a compact copy may take it out
	odd                    // becomes several, or is a gap or a word by itself
)

// Sieve makes the sieve of a's words for texts that cleaner cleans.
func (a *Automaton) Sieve(cleaner *text.Cleaner) *Sieve {
	s := &Sieve{Automaton: a, cleaner: cleaner}
	for r := range rune(len(s.fold)) {
		one, fixed := cleaner.Fixed(r)
		switch k := a.codeOf(max(one, 0)); {
		case one < 0:
			s.fold[r] = drop
		case !fixed || k != 0 && (text.Filler(one) || a.word[k] >= 0):
			s.fold[r] = odd
		case text.Filler(one):
			s.fold[r] = gap
		default:
			s.fold[r] = k
		}
	}
	return s
}

// Maybe tells whether s, a text as it came, may hold a word once it is cleaned, as
// it stands or in its compact copy. It cleans, folds and looks up in one pass and
// keeps nothing. False is certain; true is rarely wrong and worth a closer look.
func (a *Sieve) Maybe(s string) bool {
	last, pairs := uint16(0), a.pairs
	for i := 0; i < len(s); {
		start := i
		var k uint16
		if b := s[i]; b-0xE1 < 15 && i+2 < len(s) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80 {
			// As in read, which is too large to be inlined.
			k = a.fold[uint16(b)<<12|uint16(s[i+1]&0x3F)<<6|uint16(s[i+2]&0x3F)]
			i += 3
		} else {
			k, i = a.read(s, i)
		}
		if k >= closer {
			var maybe bool
			if last, maybe = a.closer(s, start, i, last, k); maybe {
				return true
			}
			continue
		}
		if pairs.has(hash(last, k)) && a.begins(s, i, last, k) {
			return true
		}
		last = k
	}
	return false
}

// read is the code or kind of the character at byte i of s, and where it ends.
func (a *Sieve) read(s string, i int) (k uint16, end int) {
	b := s[i]
	switch {
	case b < utf8.RuneSelf:
		return a.fold[b], i + 1
	case b-0xE1 < 15 && i+2 < len(s) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80:
		// Three bytes, as nearly every character of a Chinese text. Surrogates are
		// read here too: the table drops them, as it does what is no UTF-8.
		return a.fold[uint16(b)<<12|uint16(s[i+1]&0x3F)<<6|uint16(s[i+2]&0x3F)], i + 3
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	if r < rune(len(a.fold)) {
		return a.fold[r], i + n
	}
	return odd, i + n
}

// closer looks at s[from:to], a character that is dropped, fills a gap or becomes
// several. It returns the code that is last now.
func (a *Sieve) closer(s string, from, to int, last, kind uint16) (now uint16, maybe bool) {
	switch kind {
	case drop:
		return last, false
	case gap:
		return 0, last >= a.han && a.apart(s, to, last)
	}
	r, _ := utf8.DecodeRuneInString(s[from:])
	one, more := a.cleaner.Fold(s, from, r)
	if one < 0 {
		return last, false
	}
	before := uint16(0) // the Han character before a gap
	for i := -1; i < len(more); i++ {
		f := one
		if i >= 0 {
			f = more[i]
		}
		k := a.codeOf(f)
		switch {
		case k != 0 && (a.word[k] >= 0 || a.edge(uint64(last), k) != 0):
			return k, true
		case !text.Filler(f):
			if before != 0 && a.edge(uint64(before), k) != 0 {
				return k, true
			}
			before = 0
		case last >= a.han:
			before = last
		}
		last = k
	}
	return last, before != 0 && a.apart(s, to, before)
}

// begins tells whether a word may go on at byte i of s after the pair (last, k).
func (a *Sieve) begins(s string, i int, last, k uint16) bool {
	if h := hash(last, k); !a.ends.has(h) {
		if third, _ := a.next(s, i); third < closer && !a.threes.has(hash3(h, third)) {
			return false // nearly always
		}
	}
	state := a.edge(uint64(last), k)
	for last = k; state != 0 && a.word[state] < 0; last = k {
		if k, i = a.next(s, i); k == gap {
			if last < a.han {
				return false
			}
			if k, i = a.behind(s, i); k < a.han {
				return false
			}
		}
		if k == odd {
			return true
		}
		state = a.edge(state, k)
	}
	return state != 0
}

// apart tells whether a word may begin with last and go on behind the gap that
// ends at or after byte i of s. The gap may be wider than a compact copy would close.
func (a *Sieve) apart(s string, i int, last uint16) bool {
	k, end := a.behind(s, i)
	return k == odd || k >= a.han && a.begins(s, end, last, k)
}

// behind is the first character at or after byte i of s that is no gap, and where
// it ends.
func (a *Sieve) behind(s string, i int) (k uint16, end int) {
	for k = gap; k == gap; {
		k, i = a.next(s, i)
	}
	return k, i
}

// next is the code or kind of the first character at or after byte i of s that is
// not dropped, and where it ends. At the end of s it is 0, which continues no word.
func (a *Sieve) next(s string, i int) (k uint16, end int) {
	for i < len(s) {
		at := i
		if k, i = a.read(s, i); k == odd {
			r, _ := utf8.DecodeRuneInString(s[at:])
			k = a.settle(a.cleaner.Fold(s, at, r))
		}
		if k != drop {
			return k, i
		}
	}
	return 0, i
}

// settle finds the code or kind of an odd character where one will do.
func (a *Sieve) settle(one rune, more []rune) uint16 {
	switch {
	case one < 0:
		return drop
	case a.codeOf(one) == 0 && !text.Filler(one):
		return 0 // whatever follows, no word goes on over it
	case a.codeOf(one) == 0 && !slices.ContainsFunc(more, func(r rune) bool { return a.codeOf(r) != 0 || !text.Filler(r) }):
		return gap
	case len(more) == 0 && !text.Filler(one):
		return a.codeOf(one)
	}
	return odd
}
