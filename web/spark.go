package web

import (
	"fmt"
	"slices"
	"strings"

	"huiying/event"
)

// spark draws an event's heat as a line.
type spark struct{ event.Heat }

// Width is the drawing's in pixels.
func (s spark) Width() int { return min(max(6*len(s.Hours), 60), 600) }

// Points are the line's, hour by hour, within 40 pixels of height.
func (s spark) Points() string {
	if len(s.Hours) < 2 {
		return ""
	}
	most := max(slices.Max(s.Hours), 1)
	var b strings.Builder
	for i, n := range s.Hours {
		fmt.Fprintf(&b, "%d,%d ", i*s.Width()/(len(s.Hours)-1), 38-36*n/most)
	}
	return strings.TrimSpace(b.String())
}

// coursed is how many hours of an event's course the page shows.
const coursed = 24

// Latest are the last hours in which the event spread, the latest first.
func (s spark) Latest() []event.Hour {
	out := slices.Clone(s.Course[max(0, len(s.Course)-coursed):])
	slices.Reverse(out)
	return out
}
