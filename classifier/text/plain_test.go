package text

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

// plain is Clean without the fold table: one rule after another, character by
// character. It is what the table is held to.
func (c *Cleaner) plain(s string) (out []rune, from []int32) {
	all, at := []rune(s), int32(-1)
	for i, r := range s {
		at++
		if r == utf8.RuneError || dropped(r) {
			continue
		}
		figure := at > 0 && int(at)+1 < len(all) && strings.ContainsRune("0123456789", all[at-1]) && strings.ContainsRune("0123456789", all[at+1])
		switch {
		case strings.ContainsRune(",:;", r) && figure:
		case r < 0x80:
			r = ascii(r)
		case punctuation(r) != 0:
			r = punctuation(r)
		default:
			for _, n := range norm.NFKC.String(s[i : i+utf8.RuneLen(r)]) {
				if dropped(n) {
					continue
				}
				if unicode.IsSpace(n) {
					n = ' '
				}
				n = unicode.ToLower(n)
				if simple, ok := c.simplified[n]; ok {
					n = simple
				}
				out, from = append(out, n), append(from, at)
			}
			continue
		}
		out, from = append(out, r), append(from, at)
	}
	return out, from
}

// plainCompact is Compact one character at a time.
func plainCompact(runes []rune) (out []rune, index []int) {
	for i := 0; i < len(runes); i++ {
		n := 0
		for i+n < len(runes) && !unicode.IsLetter(runes[i+n]) && !unicode.IsDigit(runes[i+n]) && !strings.ContainsRune("，；：。！？\n", runes[i+n]) {
			n++
		}
		if n > 0 && n <= maxGap && i > 0 && unicode.Is(unicode.Han, runes[i-1]) && i+n < len(runes) && unicode.Is(unicode.Han, runes[i+n]) {
			i += n
		}
		out, index = append(out, runes[i]), append(index, i)
	}
	return out, index
}

// TestEveryCharacter holds the fold table to the rules on every code point.
func TestEveryCharacter(t *testing.T) {
	t.Parallel()
	c := New()
	for r := range rune(unicode.MaxRune + 1) {
		s := string(r)
		want, _ := c.plain(s)
		if got := c.Clean(s); string(got.Runes) != string(want) {
			t.Fatalf("%U becomes %q, want %q", r, string(got.Runes), string(want))
		}
	}
}

// FuzzSameText holds Clean to the rules on whole texts, offsets included.
func FuzzSameText(f *testing.F) {
	for _, s := range []string{"長治\u200b煤礦透-水，３死", "a\xff\x00b", "㈠①½…", "1,2,三:4;", "停🔌电\r\n\xed\xa0\x80"} {
		f.Add(s)
	}
	c := New()
	f.Fuzz(func(t *testing.T, s string) {
		want, from := c.plain(s)
		got := c.Clean(s)
		if string(got.Runes) != string(want) || cmp.Diff(append([]int32{}, from...), append([]int32{}, got.from...)) != "" {
			t.Fatalf("%q becomes %q, want %q", s, string(got.Runes), string(want))
		}
		copied, places := plainCompact(got.Runes)
		var c Copy
		if !got.Compact(&c) && len(copied) == len(got.Runes) {
			return
		}
		var index []int
		for i := range c.Runes {
			index = append(index, c.Index(i))
		}
		if string(c.Runes) != string(copied) || cmp.Diff(places, index) != "" {
			t.Fatalf("the compact copy of %q is %q, want %q", string(got.Runes), string(c.Runes), string(copied))
		}
	})
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New()
	}
}
