package app

import (
	"strings"
	"testing"

	"huiying/configs"
)

// TestReadingChangesWithSettings: a page whose selectors changed must not be
// answered by a 304 for what the old ones found.
func TestReadingChangesWithSettings(t *testing.T) {
	t.Parallel()
	a := configs.Source{ID: "a", Kind: "page", Every: 1, Page: configs.Page{Links: "ul a"}}
	b, c := a, a
	b.Page.Links = "ol a"
	c.Every, c.Name = 2, "又名"
	if reading(a) == reading(b) || reading(a) != reading(c) || !strings.HasPrefix(reading(a), "a ") {
		t.Errorf("%q %q %q", reading(a), reading(b), reading(c))
	}
}
