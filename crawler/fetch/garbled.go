package fetch

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// IsGarbled says whether words in a decoded text would go unnoticed: of the
// characters beyond ASCII more than one in 20 could not be decoded, or one in 200
// where there are more than 10; or so few everyday characters among so many Chinese ones that it is no
// text at all, as when one charset was taken for another before it reached us.
func IsGarbled(text string) bool { return garbledBecause(text) != "" }

// CheckText gives an *Error of kind Garbled when Garbles(text).
func CheckText(url, text string) error {
	if why := garbledBecause(text); why != "" {
		return &Error{Kind: Garbled, URL: redact(url), Err: fmt.Errorf("%s", why)}
	}
	return nil
}

// senseless is how many Chinese characters it takes, and the share of everyday
// ones among them below which they are no text. Lists of names and of rare words
// have 0.05 and more.
const (
	senselessFrom = 100
	senseless     = 0.02
)

func garbledBecause(text string) string {
	bad := strings.Count(text, string(replacementRune)) + strings.Count(text, lostTwice)
	if bad > 0 {
		wide := 0
		for _, r := range text {
			if r >= utf8.RuneSelf {
				wide++
			}
		}
		if bad*20 > wide || bad > 10 && bad*200 > wide {
			return fmt.Sprintf("%d undecodable places", bad)
		}
	}
	han, good := 0, 0
	for _, r := range text {
		if r < utf8.RuneSelf {
			continue
		}
		if isCommonHan(r) {
			good++
		} else if r >= 0x4e00 && r <= 0x9fff {
			han++
		}
		if good+han >= 3000 {
			break
		}
	}
	if han >= senselessFrom && float64(good) < senseless*float64(good+han) {
		return fmt.Sprintf("of %d Chinese characters only %d are everyday ones", good+han, good)
	}
	return ""
}

// lostTwice is what two replacement characters look like after their UTF-8 was
// read as GBK.
const lostTwice = "锟斤拷"

// reencoded undoes UTF-8 that was read as GBK and stored: where a text holds next
// to no everyday characters, and its GBK bytes are UTF-8 that does, those are it.
func reencoded(text string) string {
	if chineseScore(text) >= readable {
		return text
	}
	enc := simplifiedchinese.GB18030.NewEncoder()
	raw, err := enc.String(text)
	if err != nil || !almostUTF8([]byte(raw)) {
		return text
	}
	back := strings.ToValidUTF8(raw, string(replacementRune))
	if chineseScore(back) < readable {
		return text
	}
	return back
}
