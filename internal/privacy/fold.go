package privacy

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// folded is a text after NFKC, character by character, without format characters
// and combining marks.
type folded struct {
	runes []rune
	// at holds for each character the byte of the original where the code point
	// begins that it came from.
	at []int32
}

// fold folds a text. Bytes that are no UTF-8 become utf8.RuneError.
func fold(text string) folded {
	n := utf8.RuneCountInString(text)
	f := folded{runes: make([]rune, 0, n), at: make([]int32, 0, n)}
	for i, r := range text {
		if plain(r) {
			f.add(r, i)
			continue
		}
		f.slow(r, i)
	}
	return f
}

func (f *folded) add(r rune, at int) {
	f.runes, f.at = append(f.runes, r), append(f.at, int32(at)) //nolint:gosec // texts are far below 2 GB
}

// plain says that a character folds to itself; nearly all of a Chinese text do.
func plain(r rune) bool {
	switch {
	case r < 0x80:
		return r >= ' ' && r < 0x7f || r == '\n' || r == '\t' || r == '\r'
	case r >= 0x4e00 && r < 0xa000, r >= 0x3001 && r < 0x3020, r >= 0x2010 && r < 0x2020:
		return true
	}
	return false
}

// slow folds what plain does not.
func (f *folded) slow(r rune, at int) {
	switch {
	case r > 0xff00 && r < 0xff5f: // full width
		f.add(r-0xfee0, at)
	case r == 0x3000:
		f.add(' ', at)
	case r == 'ー' || r == 'ㅡ' || r == '丨': // letters that people write for a hyphen
		f.add('-', at)
	case invisible(r):
	case unicode.Is(unicode.Nd, r):
		if d := nationalDigit(r); d >= 0 {
			f.add('0'+d, at)
		}
	default:
		if d := dingbatDigit(r); d >= 0 {
			f.add('0'+d, at)
			return
		}
		var raw [utf8.UTFMax]byte
		var wide [64]byte
		for _, c := range string(norm.NFKC.Append(wide[:0], raw[:utf8.EncodeRune(raw[:], r)]...)) {
			if !invisible(c) {
				f.add(c, at)
			}
		}
	}
}

// invisible characters are dropped: they split numbers and show nothing.
func invisible(r rune) bool {
	switch r {
	case '\n', '\t', '\r':
		return false
	case 0x115f, 0x1160, 0x3164, 0xffa0, 0x2800: // fillers and the empty Braille pattern
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Mn, unicode.Me)
}

// nationalDigit is the value of a decimal digit of any script; -1 for other characters.
func nationalDigit(r rune) rune {
	for _, t := range unicode.Nd.R16 {
		if lo := rune(t.Lo); r >= lo && r <= rune(t.Hi) {
			return (r - lo) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if lo, hi := int64(t.Lo), int64(t.Hi); int64(r) >= lo && int64(r) <= hi {
			return rune((int64(r) - lo) % 10)
		}
	}
	return -1
}

func isAlnum(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

func isLatin(r rune) bool { return isAlnum(r) && r > '9' }

func isSpace(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' }

func isHan(r rune) bool {
	return r >= 0x4e00 && r < 0xa000 || r == '〇' || r >= 0x3400 && r < 0x4dc0 || r >= 0x20000 && r < 0x33480
}

// isWord says that a character is a letter or a number of any script.
func isWord(r rune) bool {
	if r < 0x80 {
		return isAlnum(r)
	}
	return isHan(r) || unicode.IsLetter(r) || unicode.IsNumber(r)
}
