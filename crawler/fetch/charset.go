package fetch

import (
	"bytes"
	"errors"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// replacementRune stands where bytes could not be decoded.
const replacementRune = '\uFFFD'

// Decode turns a body into UTF-8 and names the charset it was read as. The order:
// a byte-order mark or the zero bytes of UTF-16; valid UTF-8, whatever is
// declared; what the header, then the document declares, when the result reads
// like text; what reads most like Chinese; what a statistical detector says.
// gb2312 and gbk are read as their superset GB18030. An XML declaration in the
// text is made to say UTF-8, since parsers believe it.
//
// A text that its own site read in the wrong charset and stored so (闀挎不 for
// 长治) is turned back where no byte of it was lost.
func Decode(raw []byte, contentType string) (text, charset string) {
	text, charset = decode(raw, contentType)
	if charset == "utf-8" {
		text = reencoded(text)
	}
	return declareUTF8(text), charset
}

func decode(raw []byte, contentType string) (text, charset string) {
	if text, charset, ok := fromMark(raw); ok {
		return text, charset
	}
	if utf8.Valid(raw) {
		return string(raw), "utf-8"
	}
	if almostUTF8(raw) {
		return strings.ToValidUTF8(string(raw), string(replacementRune)), "utf-8"
	}
	var first candidate
	for _, label := range declared(raw, contentType) {
		c, ok := decodeAs(raw, label)
		if !ok {
			continue
		}
		if c.reads() {
			return c.text, c.charset
		}
		if first.charset == "" {
			first = c
		}
	}
	best := first
	for _, c := range chinese(raw) {
		if c.reads() && (!best.reads() || c.score > best.score) {
			best = c
		}
	}
	if best.reads() {
		return best.text, best.charset
	}
	if looksLikeGB(raw, first.charset) {
		if c, ok := decodeAs(raw, "gb18030"); ok {
			return c.text, c.charset
		}
	}
	if first.charset != "" && !IsGarbled(first.text) {
		return first.text, first.charset
	}
	if r, err := chardet.NewHtmlDetector().DetectBest(sample(raw)); err == nil {
		if c, ok := decodeAs(raw, r.Charset); ok && !IsGarbled(c.text) {
			return c.text, c.charset
		}
	}
	if first.charset != "" {
		return first.text, first.charset
	}
	return strings.ToValidUTF8(string(raw), string(replacementRune)), "utf-8"
}

// fromMark reads what a byte-order mark names, and UTF-16 without a mark by its
// zero bytes: markup is ASCII, every other byte of it is zero.
func fromMark(raw []byte) (text, charset string, ok bool) {
	var order unicode.Endianness
	switch {
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		return strings.ToValidUTF8(string(raw[3:]), string(replacementRune)), "utf-8", true
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}):
		order = unicode.LittleEndian
	case bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		order = unicode.BigEndian
	default:
		var even, odd int
		head := raw[:min(len(raw), 1024)]
		for i, b := range head {
			if b == 0 && i%2 == 0 {
				even++
			} else if b == 0 {
				odd++
			}
		}
		switch {
		case len(head) < 8:
			return "", "", false
		case odd > len(head)/6 && even*8 < odd:
			order = unicode.LittleEndian
		case even > len(head)/6 && odd*8 < even:
			order = unicode.BigEndian
		default:
			return "", "", false
		}
	}
	out, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(raw)
	if err != nil {
		// UseBOM wants no mark at all when it is missing.
		if !errors.Is(err, unicode.ErrMissingBOM) {
			return "", "", false
		}
		if out, err = unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Bytes(raw); err != nil {
			return "", "", false
		}
	}
	if order == unicode.LittleEndian {
		return string(out), "utf-16le", true
	}
	return string(out), "utf-16be", true
}

// almostUTF8 recognises UTF-8 with single broken places, such as a text cut
// inside a character. In any other Chinese encoding broken places outnumber
// whole ones.
func almostUTF8(raw []byte) bool {
	whole, broken := 0, 0
	for i := 0; i < len(raw); {
		if raw[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && n == 1 {
			broken++
		} else if n >= 3 {
			whole++
		}
		i += n
	}
	return whole > 0 && whole >= 4*broken
}

// candidate is one reading of the bytes.
type candidate struct {
	text, charset string
	score         float64
}

// reads says whether the reading looks like Chinese text.
func (c candidate) reads() bool { return c.charset != "" && c.score >= readable }

func decodeAs(raw []byte, label string) (candidate, bool) {
	enc, name := lookUp(label)
	if enc == nil {
		return candidate{}, false
	}
	out, err := enc.NewDecoder().Bytes(raw)
	if err != nil {
		return candidate{}, false
	}
	text := string(out)
	return candidate{text: text, charset: name, score: chineseScore(text)}, true
}

func lookUp(label string) (encoding.Encoding, string) {
	label = strings.ToLower(strings.TrimSpace(label))
	switch label {
	case "gb2312", "gbk", "gb18030", "gb-18030", "gb_2312-80", "euc-cn", "cp936", "x-gbk", "hz-gb-2312":
		return simplifiedchinese.GB18030, "gb18030"
	case "utf-8", "utf8", "unicode":
		// Neither valid UTF-8 nor nearly so: the label is wrong.
		return nil, ""
	}
	enc, err := htmlindex.Get(label)
	if err != nil || enc == encoding.Replacement {
		return nil, ""
	}
	name, err := htmlindex.Name(enc)
	if err != nil {
		return nil, ""
	}
	if name == "gbk" {
		return simplifiedchinese.GB18030, "gb18030"
	}
	return enc, name
}

func chinese(raw []byte) []candidate {
	var out []candidate
	if text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(raw); err == nil {
		out = append(out, candidate{string(text), "gb18030", chineseScore(string(text))})
	}
	if text, err := traditionalchinese.Big5.NewDecoder().Bytes(raw); err == nil {
		out = append(out, candidate{string(text), "big5", chineseScore(string(text))})
	}
	return out
}

// declared lists the labels of the header and of the whole document: some pages
// declare their charset behind kilobytes of script.
func declared(raw []byte, contentType string) []string {
	var labels []string
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		labels = append(labels, params["charset"])
	}
	if m := xmlDeclaration.FindSubmatch(raw[:min(len(raw), 1024)]); m != nil {
		labels = append(labels, string(m[2]))
	}
	for _, m := range metaCharset.FindAllSubmatch(raw, 3) {
		labels = append(labels, string(m[1]))
	}
	return labels
}

var (
	xmlDeclaration = regexp.MustCompile(`(?i)^(\s*<\?xml\s[^>]*?encoding\s*=\s*["'])([^"'>]+)(["'])`)
	metaCharset    = regexp.MustCompile(`(?i)<meta\s[^>]*?charset\s*=\s*["']?\s*([a-z0-9_:.-]+)`)
)

func declareUTF8(text string) string {
	head := text[:min(len(text), 1024)]
	if !strings.Contains(head, "<?xml") {
		return text
	}
	m := xmlDeclaration.FindStringSubmatchIndex(head)
	if m == nil {
		return text
	}
	return text[:m[4]] + "utf-8" + text[m[5]:]
}

// sample keeps the statistical detector to the first 64 KB beyond plain ASCII.
func sample(raw []byte) []byte {
	at := max(0, bytes.IndexFunc(raw, func(r rune) bool { return r >= utf8.RuneSelf }))
	return raw[at:min(len(raw), at+64<<10)]
}
