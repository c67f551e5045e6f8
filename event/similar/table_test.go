package similar_test

import (
	"fmt"
	"testing"
	"time"

	"huiying/event/similar"
)

// Thousands of posts under one key overflow what belongs there: none is lost, and
// what is forgotten makes room.
func TestManyPostsOfOneText(t *testing.T) {
	t.Parallel()
	r := similar.NewReducer()
	text := r.Reduce("", outage)
	x := newShelf(time.Hour)
	const n = 3000
	for i := range n {
		x.Add(fmt.Sprintf("P-%016x", i), fmt.Sprintf("E-20261123-%08x", i), "http://a/1", text, start.Add(time.Duration(i)*time.Second))
	}
	for _, gone := range []int{0, 1, 500, 2999} {
		if gone > 0 {
			x.Remove(fmt.Sprintf("P-%016x", gone-1))
		}
		x.Forget(start.Add(time.Hour + time.Duration(gone)*time.Second))
		now := start.Add(time.Duration(gone) * time.Second)
		joins, err := x.Find("http://a/1", text, now, func(id string) (similar.Text, error) { return x.texts[id], nil })
		if want := fmt.Sprintf("E-20261123-%08x", gone); err != nil || len(joins) == 0 || joins[0].Event != want {
			t.Fatalf("with %d gone found %+v (err %v), want the oldest left, %s", gone, joins, err, want)
		}
		if x.Len() != n-gone {
			t.Errorf("%d posts left, want %d", x.Len(), n-gone)
		}
	}
	for i := range n { // the dead make room for as many
		x.Add(fmt.Sprintf("P-%016x", n+i), "E-20261123-ffffffff", "", text, start.Add(time.Hour))
	}
	if x.Len() != n+1 {
		t.Errorf("%d posts, want %d", x.Len(), n+1)
	}
}
