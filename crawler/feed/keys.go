package feed

import "strings"

// text is what a reader sees of an item.
func (x item) text() string { return x.title + "\n" + x.body }

// key is what tells one item from the others of its feed.
type key struct {
	index  int
	key    string
	linked bool
}

// keys chooses for each item its canonical URL, else its guid, else its text. A
// URL or guid that several different items share, as when a feed gives its home
// page for each, tells nothing apart and is not used; nor is it their link, for
// posts with one link are taken for one event.
func keys(items []item) []key {
	byURL, byGUID := map[string]string{}, map[string]string{}
	sharedURL, sharedGUID := map[string]bool{}, map[string]bool{}
	for _, x := range items {
		note(byURL, sharedURL, x.url, x.text())
		note(byGUID, sharedGUID, x.guid, x.text())
	}
	out := make([]key, 0, len(items))
	for i, x := range items {
		k := key{index: i, key: "text:" + x.text()}
		switch {
		case x.url != "" && !sharedURL[x.url]:
			k.key, k.linked = x.url, true
		case x.guid != "" && !sharedGUID[x.guid]:
			k.key = guidKey + x.guid
		}
		out = append(out, k)
	}
	return out
}

func note(by map[string]string, shared map[string]bool, id, text string) {
	if id == "" {
		return
	}
	if before, ok := by[id]; ok && before != text {
		shared[id] = true
	}
	by[id] = text
}

// guidKey begins the key of an item that only its guid names.
const guidKey = "guid:"

// stableKeys gives items that only a guid names the key they had in the round before,
// where the feed has given the same text a new guid and dropped the old one: some
// make a new guid for every answer, and each round would bring every post anew. It
// returns what the next round must know.
func stableKeys(all []key, items []item, before map[string]string) map[string]string {
	now := map[string]bool{}
	for _, k := range all {
		now[k.key] = true
	}
	named := map[string]string{}
	for i, k := range all {
		if !strings.HasPrefix(k.key, guidKey) {
			continue
		}
		text := items[k.index].text()
		if old, ok := before[text]; ok && !now[old] {
			all[i].key = old
		}
		named[text] = all[i].key
	}
	return named
}
