package casualty

import (
	"slices"
	"testing"
)

func TestEveryWordsHeadIsKnown(t *testing.T) {
	t.Parallel()
	for _, s := range statuses() {
		if r := []rune(s.word)[0]; !opens(r) {
			t.Errorf("%s is never found: add %c to opens", s.word, r)
		}
	}
	for _, w := range persons() {
		if r := []rune(w)[0]; !introduces(r) {
			t.Errorf("%s is never found: add %c to introduces", w, r)
		}
	}
	for _, w := range slices.Concat(fatal(), hurtful()) {
		if r := []rune(w); !outcome(r[len(r)-1]) {
			t.Errorf("%s is never found: add %c to outcome", w, r[len(r)-1])
		}
	}
}
