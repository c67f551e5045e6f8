package fetch

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// readable is the least share of everyday characters among the letters beyond
// ASCII that makes a reading Chinese. Running text has 0.3 and more; Chinese
// read in the wrong Chinese encoding stays under 0.05.
const readable = 0.12

// everyday holds characters so common that any Chinese text has them, in both
// scripts, with punctuation.
const everyday = `，。、：；！？“”《》（）　` +
	`的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道此变条只没结解问意建月公无系很情者最立代想已通并提题党程展五果料位入常文总次品式活设及管特件长求老头基资边流路级少山统接知将组见计别手期根论运农指几区强放决西做必战先回则任取据处南色光门即保治北百领七海口东世` +
	`這為個國時來們對會發動說產種後學經進著電裡實還兩體機當點從業應開無與關線內數樣質氣條沒結問萬員長頭資邊級統將組見計別論運農幾區強東門處據報導網`

// chineseness is the share of everyday characters among the letters beyond ASCII,
// undecodable places and characters of no use counted against it. A short
// sample of the text decides.
func chineseness(text string) float64 {
	const enough = 3000
	good, all := 0, 0
	for _, r := range text {
		if r < utf8.RuneSelf || r == '\u00a0' {
			continue
		}
		switch {
		case r == replacementRune, unicode.Is(unicode.Co, r), unicode.Is(unicode.Cc, r):
			all += 5
		case strings.ContainsRune(everyday, r):
			good++
			all++
		default:
			all++
		}
		if all >= enough {
			break
		}
	}
	if all == 0 {
		return 0
	}
	return float64(good) / float64(all)
}

// builtLikeGB recognises GB2312 by its bytes where a text is too short to hold
// everyday characters, such as a lone title: nearly all pairs lie among the
// symbols and the 3,755 characters of level 1. It contradicts only labels that
// are put on Chinese pages by mistake; a Korean page would pass this test.
func builtLikeGB(raw []byte, label string) bool {
	in, out := 0, 0
	for i := 0; i < len(raw); i++ {
		if raw[i] < utf8.RuneSelf {
			continue
		}
		if i+1 < len(raw) && raw[i+1] >= 0xa1 && (raw[i] >= 0xb0 && raw[i] <= 0xd7 || raw[i] >= 0xa1 && raw[i] <= 0xa3) {
			in++
		} else {
			out++
		}
		i++
	}
	switch label {
	case "", "windows-1252", "iso-8859-15", "iso-8859-2":
		return in > 0 && in >= 6*out
	case "big5":
		return in >= 4 && in >= 6*out
	}
	return false
}
