package similar_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"huiying/event/similar"
)

var full = flag.Bool("full", false, "measure the index at a million posts")

// town makes up posts of a place: 60 to 140 characters of words as common as those
// of real posts, one in five passed on with a head.
type town struct {
	rng   *rand.Rand
	words [][]rune
	last  []similar.Text
}

func newTown() *town {
	t := &town{rng: rand.New(rand.NewPCG(1, 2))}
	for range 50_000 {
		w := make([]rune, 1+t.rng.IntN(4))
		for i := range w {
			w[i] = rune(0x4e00 + int(3000*t.rng.Float64()*t.rng.Float64()))
		}
		t.words = append(t.words, w)
	}
	return t
}

func (t *town) post() similar.Text {
	if len(t.last) == 1000 && t.rng.IntN(5) == 0 {
		return append(similar.Text("据市民反映"), t.last[t.rng.IntN(len(t.last))]...)
	}
	n := 60 + t.rng.IntN(80)
	p := make(similar.Text, 0, n+4)
	for len(p) < n {
		// Zipf's law, nearly: a few words are everywhere.
		f := t.rng.Float64()
		p = append(p, t.words[int(float64(len(t.words))*f*f)]...)
	}
	if len(t.last) < 1000 {
		t.last = append(t.last, p)
	} else {
		t.last[t.rng.IntN(1000)] = p
	}
	return p
}

func BenchmarkIndex(b *testing.B) {
	size := 50_000
	if *full {
		size = 1_000_000
	}
	const more = 100_000
	town := newTown()
	// Everything in a few large pieces, or the collector would scan a million small
	// ones that are the benchmark's own.
	texts, from := make([]rune, 0, 100*(size+more)), make([]int, size+more+1)
	var names []byte
	for i := range size + more {
		texts = append(texts, town.post()...)
		from[i+1] = len(texts)
		names = fmt.Appendf(names, "P-%08x%08xhttps://news.example.cn/2026/11/23/%08d.html", town.rng.Uint32(), i, i)
	}
	all, each := string(names), len(names)/(size+more)
	text := func(i int) similar.Text { return texts[from[i]:from[i+1]] }
	lookup := func(id string) (similar.Text, error) {
		i, err := strconv.ParseUint(id[10:], 16, 32)
		return text(int(i)), err
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	x := similar.NewIndex(168 * time.Hour)
	joined := 0
	take := func(i int) {
		at := start.Add(time.Duration(i) * time.Millisecond)
		id, url := all[i*each:i*each+18], all[i*each+18:(i+1)*each]
		name := "E-20261123-" + id[2:10]
		joins, err := x.Find(url, text(i), at, lookup)
		if err != nil {
			b.Fatal(err)
		}
		if len(joins) > 0 {
			name = joins[0].Event
			joined++
		}
		x.Add(id, name, url, text(i), at)
	}
	filling := cpuTime(b)
	for i := range size {
		take(i)
	}
	fill := float64(size) / (cpuTime(b) - filling)
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ResetTimer()
	i, begun := 0, cpuTime(b)
	for b.Loop() {
		take(size + i%more)
		i++
	}
	b.ReportMetric(float64(i)/(cpuTime(b)-begun), "posts/cpu-s")
	b.ReportMetric(fill, "fill-posts/cpu-s")
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(size), "heap-B/post")
	b.ReportMetric(float64(joined)/float64(size+i), "joined/post")
	runtime.KeepAlive(x)
}

// cpuTime is what the process has used so far, in seconds: on a machine that others
// work on too, the clock on the wall says nothing of a core.
func cpuTime(b *testing.B) float64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
