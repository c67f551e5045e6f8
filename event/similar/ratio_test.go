package similar_test

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"huiying/event/similar"
)

var ratios = flag.Bool("ratios", false, "measure the index against one of Go's maps")

// grams5 is what the baseline knows a text by: all its 5-grams, in a Go map.
func grams5(t similar.Text) []string {
	var out []string
	for i := 0; i+5 <= len(t); i++ {
		out = append(out, string(t[i:i+5]))
	}
	return out
}

// TestRatios prints how many times faster the index finds and adds than an inverted
// index of all 5-grams in a Go map that compares nothing.
func TestRatios(t *testing.T) { // not parallel: it measures
	if !*ratios {
		t.Skip("run by make bench")
	}
	town := newTown()
	texts := make([]similar.Text, 30_000)
	for i := range texts {
		texts[i] = slices.Clone(town.post())
	}
	begun := time.Now()
	m := map[string][]int32{}
	shared := map[int32]int{}
	for i, text := range texts {
		clear(shared)
		for _, g := range grams5(text) {
			for _, n := range m[g] {
				shared[n]++
			}
			m[g] = append(m[g], int32(i))
		}
	}
	baseline := time.Since(begun)
	begun = time.Now()
	x := similar.NewIndex(168 * time.Hour)
	lookup := func(id string) (similar.Text, error) {
		var i int
		_, err := fmt.Sscanf(id, "P-%x", &i)
		return texts[i], err
	}
	for i, text := range texts {
		joins, err := x.Find("", text, start, lookup)
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("E-20261123-%08x", i)
		if len(joins) > 0 {
			name = joins[0].Event
		}
		x.Add(fmt.Sprintf("P-%016x", i), name, "", text, start)
	}
	fmt.Printf("ratio event-index-vs-gram-map %.2f\n", baseline.Seconds()/time.Since(begun).Seconds())
}
