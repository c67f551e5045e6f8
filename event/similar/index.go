package similar

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/event"
)

// Lookup reads a post's text back from where the posts are kept: the index itself
// holds none. It answers nil for a post that is not there.
type Lookup func(id string) (Text, error)

// What Find looks at, at most.
const (
	// commonGram: grams that this many posts share say nothing any more: boilerplate.
	commonGram = 16
	// perEvent: posts of one event that are kept under one gram. More of them would
	// make a gram common that only says that the event is talked about a lot.
	perEvent = 2
	// rareGram: in a text below fewGramsLen characters, of whose grams an edit leaves
	// few, one that no more posts share is enough for a closer look; else it takes two.
	rareGram    = 4
	fewGramsLen = 50
	// mostCandidates are compared character by character.
	mostCandidates = 12
)

// Index finds the events a text belongs to among the posts of the last days. The
// database is the truth; the index is rebuilt from it at the start. It keeps
// hashes only, below 200 bytes a post, and reads texts back where prints meet. It
// is not safe for concurrent use: the pipeline owns it.
type Index struct {
	window time.Duration
	posts  column[entry]
	events *names
	first  uint32 // no post below it lives
	count  int
	table  table
	odd    map[uint64]string // ids of another form than NewID's, by hash

	reader reader
	common commons
	hashes []uint32 // scratch
	few    [commonGram]uint32
	warmed uint64 // keeps the compiler from leaving the warming out
	found  candidates
	sieve  sieve
}

// entry is a post. A dead one has no event.
type entry struct {
	id, text, url uint64
	at            uint32 // Unix seconds
	event         uint32
}

// NewIndex makes an empty index that forgets posts after window.
func NewIndex(window time.Duration) *Index {
	x := &Index{window: window, first: 1, odd: map[uint64]string{}}
	x.posts.append(entry{}) // numbers begin at 1
	x.table = newTable(x.alive)
	x.events = newNames(&x.table)
	return x
}

// Len is the number of posts indexed.
func (x *Index) Len() int { return x.count }

func (x *Index) alive(n uint32) bool {
	if n >= nameMark {
		return x.events.alive(n - nameMark)
	}
	return n >= x.first && x.posts.at(n).event != 0
}

// post reports whether a number from the table is that of a living post.
func (x *Index) post(n uint32) bool { return n < nameMark && x.alive(n) }

// each calls fn with the living posts under a key until it returns false.
func (x *Index) each(key uint32, fn func(n uint32, e *entry) bool) {
	x.table.each(key, func(n uint32) bool { return n >= nameMark || fn(n, x.posts.at(n)) })
}

// Add makes a post known as part of an event; one already known is replaced.
func (x *Index) Add(id, event, url string, t Text, at time.Time) {
	x.reader.read(t)
	e := entry{text: x.reader.sum, at: seconds(at)}
	var packed bool
	if e.id, packed = pack(id); !packed {
		x.odd[e.id] = id
	}
	if url != "" {
		e.url = hashString(url)
	}
	if n, ok := x.number(e.id); ok {
		old := x.posts.at(n)
		if old.text == e.text && old.url == e.url && old.at == e.at {
			if now := x.events.take(event); now != old.event {
				x.events.release(old.event)
				old.event = now
			} else {
				x.events.release(now)
			}
			return
		}
		x.kill(n)
		if !packed {
			x.odd[e.id] = id
		}
	}
	e.event = x.events.take(event)
	n := x.posts.append(e)
	x.count++
	x.table.add(key(kindID, e.id), n)
	if e.url != 0 {
		x.table.add(key(kindURL, e.url), n)
	}
	if e.text == 0 {
		return
	}
	twin := x.twin(e)
	x.table.add(key(kindText, e.text), n)
	if twin {
		return // its twin's prints lead to the event
	}
	s := x.reader.sketch(&x.common)
	x.warmed += x.table.warm(s.hashes[:s.n])
	for _, h := range s.hashes[:s.n] {
		if x.informative(h, e.event) {
			x.table.add(h, n)
		}
	}
}

// twin reports whether a post of the same event and text, and no older than half
// the window, is there already.
func (x *Index) twin(e entry) (yes bool) {
	x.each(key(kindText, e.text), func(_ uint32, o *entry) bool {
		yes = o.text == e.text && o.event == e.event && time.Duration(e.at-min(o.at, e.at))*time.Second <= x.window/2
		return !yes
	})
	return yes
}

// informative reports whether one more entry under a gram would say anything.
func (x *Index) informative(h, event uint32) bool {
	var few [commonGram]uint32
	have := x.table.list(h, few[:0])
	if len(have) < perEvent {
		return true
	}
	same := 0
	for _, n := range have {
		if x.post(n) && x.posts.at(n).event == event {
			same++
		}
	}
	return same < perEvent && len(have) < commonGram
}

// Move makes all posts of one event part of another.
func (x *Index) Move(from, to string) {
	was, ok := x.events.find(from)
	if !ok || from == to {
		return
	}
	for n := x.first; n < x.posts.len(); n++ {
		if e := x.posts.at(n); e.event == was {
			e.event = x.events.take(to)
			x.events.release(was)
		}
	}
}

// Remove forgets a post.
func (x *Index) Remove(id string) {
	code, _ := pack(id)
	if n, ok := x.number(code); ok {
		x.kill(n)
	}
}

func (x *Index) kill(n uint32) {
	e := x.posts.at(n)
	x.events.release(e.event)
	delete(x.odd, e.id)
	x.table.dying = true
	e.event = 0
	x.count--
}

// Forget drops posts that are older than the window at now.
func (x *Index) Forget(now time.Time) {
	for ; x.first < x.posts.len(); x.first++ {
		if e := x.posts.at(x.first); e.event != 0 {
			if now.Sub(time.Unix(int64(e.at), 0)) <= x.window {
				break
			}
			x.kill(x.first)
		}
	}
	x.posts.free(x.first)
}

// Find returns the events a text seen at the given time belongs to, the surest
// first: that of the same URL, else of the same text, else those of the texts most
// contained in it or containing it. Ties go to the event whose name comes first,
// which begins with its day, so that the answer does not depend on chance.
func (x *Index) Find(url string, t Text, at time.Time, text Lookup) ([]event.Join, error) {
	x.reader.read(t)
	when, sum, u := seconds(at), x.reader.sum, uint64(0)
	if url != "" {
		u = hashString(url)
	}
	x.hashes = x.reader.prints(append(x.hashes[:0], key(kindURL, u), key(kindText, sum)), &x.common)
	x.warmed += x.table.warm(x.hashes)
	if u != 0 {
		if n := x.oldest(x.hashes[0], when, func(e *entry) bool { return e.url == u }); n != 0 {
			return []event.Join{{Event: x.events.name(x.posts.at(n).event), Score: 1, How: event.SameURL}}, nil
		}
	}
	if sum != 0 {
		if n := x.oldest(x.hashes[1], when, func(e *entry) bool { return e.text == sum }); n != 0 {
			return []event.Join{{Event: x.events.name(x.posts.at(n).event), Score: 1, How: event.SameText}}, nil
		}
	}
	return x.near(t, x.hashes[2:], when, text)
}

// Exact reports whether Find would answer by URL or by text alone.
func (x *Index) Exact(url string, t Text, at time.Time) bool {
	when, sum := seconds(at), t.sum()
	if url != "" {
		if u := hashString(url); x.oldest(key(kindURL, u), when, func(e *entry) bool { return e.url == u }) != 0 {
			return true
		}
	}
	return sum != 0 && x.oldest(key(kindText, sum), when, func(e *entry) bool { return e.text == sum }) != 0
}

func (x *Index) near(t Text, hashes []uint32, when uint32, text Lookup) ([]event.Join, error) {
	x.found.reset()
	rare := 0
	if len(t) < fewGramsLen {
		rare = rareGram
	}
	for _, h := range hashes {
		if few := x.table.list(h, x.few[:0]); len(few) == commonGram {
			x.common.add(h)
		} else {
			x.found.gram(few, rare)
		}
	}
	var joins []event.Join
	best := x.found.best(x.post, x.older)
	if len(best) > 0 {
		x.sieve.of(t)
	}
	for _, n := range best {
		if !x.within(n, when) {
			continue
		}
		id := x.id(n)
		other, err := text(id)
		if err != nil {
			return nil, fmt.Errorf("read the text of post %s: %w", id, err)
		}
		if !x.sieve.passes(other) {
			continue
		}
		if score, ok := Alike(t, other); ok {
			joins = append(joins, event.Join{Event: x.events.name(x.posts.at(n).event), Score: score, How: event.NearText})
		}
	}
	// The best of each event; an event's name begins with its day.
	slices.SortFunc(joins, func(a, b event.Join) int { return cmp.Or(cmp.Compare(a.Event, b.Event), cmp.Compare(b.Score, a.Score)) })
	joins = slices.CompactFunc(joins, func(a, b event.Join) bool { return a.Event == b.Event })
	slices.SortStableFunc(joins, func(a, b event.Join) int { return cmp.Compare(b.Score, a.Score) })
	return joins, nil
}

// within reports whether a post is within the window of a time, either way.
func (x *Index) within(n, when uint32) bool {
	at := x.posts.at(n).at
	return time.Duration(max(at, when)-min(at, when))*time.Second <= x.window
}

// oldest is the first post under a key that is, 0 for none.
func (x *Index) oldest(key, when uint32, is func(*entry) bool) (first uint32) {
	x.each(key, func(n uint32, e *entry) bool {
		if is(e) && x.within(n, when) && (first == 0 || x.older(n, first) < 0) {
			first = n
		}
		return true
	})
	return first
}

func (x *Index) older(a, b uint32) int {
	ea, eb := x.posts.at(a), x.posts.at(b)
	return cmp.Or(cmp.Compare(ea.at, eb.at), strings.Compare(x.id(a), x.id(b)))
}

func (x *Index) number(id uint64) (number uint32, ok bool) {
	x.each(key(kindID, id), func(n uint32, e *entry) bool {
		if e.id == id {
			number, ok = n, true
		}
		return !ok
	})
	return number, ok
}
