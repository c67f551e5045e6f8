package similar_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"huiying/event/similar"
)

// TestClustersDoNotDependOnTheOrder shuffles a thousand posts fifty times: 200 texts,
// each with four edits. The clusters are the same but for a hundredth.
func TestClustersDoNotDependOnTheOrder(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 8))
	var texts []similar.Text
	for range 200 {
		text := make(similar.Text, 20+rng.IntN(150))
		for i := range text {
			text[i] = rune(0x4e00 + rng.IntN(2500))
		}
		head, tail := append(similar.Text("据媒体报道"), text...), append(append(similar.Text{}, text...), similar.Text("大家怎么看")...)
		edited := append(similar.Text{}, text...)
		for range len(text) / 10 {
			edited[rng.IntN(len(text))] = rune(0x4e00 + rng.IntN(2500))
		}
		cut := text[:max(len(text)*3/4, 10)]
		texts = append(texts, text, head, tail, edited, cut)
	}
	order := make([]int, len(texts))
	for i := range order {
		order[i] = i
	}
	first := cluster(t, texts, order)
	for round := range 50 {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		if ari := adjustedRand(first, cluster(t, texts, order)); ari < 0.99 {
			t.Fatalf("round %d: ARI %.4f against the first order", round, ari)
		}
	}
}

// cluster joins the texts in the given order and returns each one's event.
func cluster(t *testing.T, texts []similar.Text, order []int) []string {
	t.Helper()
	x, byID, into := similar.NewIndex(168*time.Hour), map[string]similar.Text{}, map[string]string{}
	out := make([]string, len(texts))
	for _, i := range order {
		joins, err := x.Find("", texts[i], start, func(id string) (similar.Text, error) { return byID[id], nil })
		if err != nil {
			t.Fatal(err)
		}
		out[i] = fmt.Sprintf("E-20261123-%08x", i)
		if len(joins) > 0 {
			out[i] = joins[0].Event
			for _, other := range joins[1:] {
				into[other.Event] = out[i]
				x.Move(other.Event, out[i])
			}
		}
		id := fmt.Sprintf("P-%016x", i)
		byID[id] = texts[i]
		x.Add(id, out[i], "", texts[i], start)
	}
	for i := range out {
		for into[out[i]] != "" {
			out[i] = into[out[i]]
		}
	}
	return out
}

// adjustedRand is the adjusted Rand index of two clusterings.
func adjustedRand(a, b []string) float64 {
	pairs := func(n int) float64 { return float64(n) * float64(n-1) / 2 }
	both, na, nb := map[[2]string]int{}, map[string]int{}, map[string]int{}
	for i := range a {
		both[[2]string{a[i], b[i]}]++
		na[a[i]]++
		nb[b[i]]++
	}
	var index, sa, sb float64
	for _, n := range both {
		index += pairs(n)
	}
	for _, n := range na {
		sa += pairs(n)
	}
	for _, n := range nb {
		sb += pairs(n)
	}
	expected := sa * sb / pairs(len(a))
	if most := (sa + sb) / 2; most != expected {
		return (index - expected) / (most - expected)
	}
	return 1
}
