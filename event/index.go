package event

import (
	"cmp"
	"slices"
	"time"
)

// How says by what a post joined an event.
type How string

// The ways to join, surest first.
const (
	SameURL  How = "same url"
	SameText How = "same text"
	NearText How = "near text"
)

// Join is what a post was found to belong to.
type Join struct {
	Event string
	// Score is the share of the shorter text found in the longer one, 0 to 1.
	Score float64
	How   How
}

// The shape of the near-text index. Texts of 25 characters and more are compared
// by 5-grams, shorter ones by 3-grams; below 10 characters only equality counts.
// Of the grams one in each window is kept (winnowing), so that any common run of
// gram+window-1 characters is sure to share one.
const (
	longText    = 25
	shortText   = 10
	longGram    = 5
	longWindow  = 8
	shortGram   = 3
	shortWindow = 4

	// Grams that this many posts share say nothing any more: boilerplate.
	commonGram = 200

	longJoin  = 0.75
	shortJoin = 0.80
)

// Index finds the event a text belongs to among the posts of the last days. The
// database is the truth; the index is rebuilt from it at the start. It is not
// safe for concurrent use: the pipeline owns it.
type Index struct {
	window time.Duration
	posts  map[string]*entry   // by post id
	order  []*entry            // by time of adding, for forgetting
	hashes map[string][]*entry // by Text.Hash
	urls   map[string][]*entry
	grams  map[uint64][]*entry // winnowed grams
}

type entry struct {
	id, event, url string
	text           Text
	hash           string
	at             time.Time
	prints         []uint64
}

// NewIndex makes an empty index that forgets posts after window.
func NewIndex(window time.Duration) *Index {
	return &Index{
		window: window,
		posts:  map[string]*entry{},
		hashes: map[string][]*entry{},
		urls:   map[string][]*entry{},
		grams:  map[uint64][]*entry{},
	}
}

// Len is the number of posts indexed.
func (x *Index) Len() int { return len(x.posts) }

// Add makes a post known as part of an event; one already known is replaced.
func (x *Index) Add(id, event, url string, t Text, at time.Time) {
	hash := t.Hash()
	if e, ok := x.posts[id]; ok {
		if e.event == event && e.url == url && e.hash == hash {
			return
		}
		x.Remove(id)
	}
	e := &entry{id: id, event: event, url: url, text: t, hash: hash, at: at, prints: prints(t)}
	x.posts[id] = e
	x.order = append(x.order, e)
	if e.hash != "" {
		x.hashes[e.hash] = append(x.hashes[e.hash], e)
	}
	if url != "" {
		x.urls[url] = append(x.urls[url], e)
	}
	for _, g := range e.prints {
		x.grams[g] = append(x.grams[g], e)
	}
}

// Remove forgets a post.
func (x *Index) Remove(id string) {
	e, ok := x.posts[id]
	if !ok {
		return
	}
	delete(x.posts, id)
	drop(x.hashes, e.hash, e)
	drop(x.urls, e.url, e)
	for _, g := range e.prints {
		drop(x.grams, g, e)
	}
	// What was removed must not be held by the order of forgetting until its
	// window ends.
	if len(x.order) > 2*len(x.posts)+64 {
		x.order = slices.DeleteFunc(x.order, func(e *entry) bool { return x.posts[e.id] != e })
	}
}

func drop[K comparable](m map[K][]*entry, k K, e *entry) {
	list := m[k]
	i := slices.Index(list, e)
	if i < 0 {
		return
	}
	if len(list) == 1 {
		delete(m, k)
		return
	}
	// A new slice: the old one may be under a caller's eyes.
	m[k] = slices.Concat(list[:i], list[i+1:])
}

// Forget drops posts that are older than the window at now.
func (x *Index) Forget(now time.Time) {
	n := 0
	for _, e := range x.order {
		if now.Sub(e.at) <= x.window {
			break
		}
		if x.posts[e.id] == e {
			x.Remove(e.id)
		}
		n++
	}
	x.order = slices.Delete(x.order, 0, n)
}

// Find returns what a text belongs to, if anything: the same URL, else the same
// text, else the text most contained in it or containing it. Ties go to the
// event known longest, so that the answer does not depend on chance.
func (x *Index) Find(url string, t Text) (Join, bool) {
	if e := oldest(x.urls[url]); url != "" && e != nil {
		return Join{Event: e.event, Score: 1, How: SameURL}, true
	}
	if e := oldest(x.hashes[t.Hash()]); len(t) > 0 && e != nil {
		return Join{Event: e.event, Score: 1, How: SameText}, true
	}
	return x.near(t)
}

func oldest(list []*entry) *entry {
	if len(list) == 0 {
		return nil
	}
	return slices.MinFunc(list, older)
}

func older(a, b *entry) int {
	return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id))
}

func (x *Index) near(t Text) (Join, bool) {
	if len(t) < shortText {
		return Join{}, false
	}
	shared := map[*entry]int{}
	for _, g := range prints(t) {
		list := x.grams[g]
		if len(list) > commonGram {
			continue
		}
		for _, e := range list {
			shared[e]++
		}
	}
	var best *entry
	var score float64
	for e := range shared {
		s := containment(t, e.text)
		if s > score || s == score && best != nil && older(e, best) < 0 {
			best, score = e, s
		}
	}
	if best == nil {
		return Join{}, false
	}
	need := longJoin
	if min(len(t), len(best.text)) < longText {
		need = shortJoin
	}
	if score < need {
		return Join{}, false
	}
	return Join{Event: best.event, Score: score, How: NearText}, true
}

// containment is the share of the shorter text's grams that the longer one has.
// A short text inside a far longer one says little (停电了怎么办 stands in many),
// so short ones must also be of like length.
func containment(a, b Text) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	k := longGram
	if len(a) < longText {
		if 2*len(a) < len(b) {
			return 0
		}
		k = shortGram
	}
	have := make(map[uint64]bool, len(b))
	for g := range grams(b, k) {
		have[g] = true
	}
	seen := make(map[uint64]bool, len(a))
	both := 0
	for g := range grams(a, k) {
		if seen[g] {
			continue
		}
		seen[g] = true
		if have[g] {
			both++
		}
	}
	if len(seen) == 0 {
		return 0
	}
	return float64(both) / float64(len(seen))
}
