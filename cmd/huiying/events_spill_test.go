package main

import (
	"os"
	"strings"
	"testing"

	"huiying/event/similar"
	"huiying/internal/post"
)

// Texts come back whole, written or still held, short or longer than one read.
func TestSpillGivesTextsBack(t *testing.T) {
	t.Parallel()
	s, err := newSpill()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for i := range 3000 {
		id := post.NewID("", strings.Repeat("甲", i%7)+string(rune('a'+i%26))+string(rune(0x4e00+i%1500))) // half of them twice
		want[id] = strings.Repeat(string(rune(0x4e00+i)), i%900)
		if err := s.put(id, similar.Text(want[id])); err != nil {
			t.Fatal(err)
		}
	}
	if s.end == 0 || len(s.held) == 0 {
		t.Fatalf("%d bytes written and %d held: both are to be tried", s.end, len(s.held))
	}
	for id, text := range want {
		if got, err := s.get(id); err != nil || string(got) != text {
			t.Fatalf("%s came back as %d characters (err %v), want %d", id, len(got), err, len([]rune(text)))
		}
	}
	if got, err := s.get(post.NewID("", "nobody")); got != nil || err != nil {
		t.Errorf("a text nobody put: %q, %v", string(got), err)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.f.Name()); !os.IsNotExist(err) {
		t.Errorf("the file is left: %v", err)
	}
}
