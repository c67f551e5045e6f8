package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"huiying/event/similar"
)

// spill keeps texts in a temporary file: a million of them need not be held in
// memory to be compared with the few that resemble one of them.
type spill struct {
	f *os.File
	// at is where each text stands, by the number in its post's id.
	at   map[uint64]int64
	end  int64
	held []byte // what stands behind end and is not written yet
}

// heldMost is how many bytes wait to be written at once.
const heldMost = 1 << 20

func newSpill() (*spill, error) {
	f, err := os.CreateTemp("", "huiying-events-*")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file (set TMPDIR to a folder with room for all texts): %w", err)
	}
	return &spill{f: f, at: map[uint64]int64{}}, nil
}

// close gives the file back.
func (s *spill) close() error {
	return errors.Join(s.f.Close(), os.Remove(s.f.Name()))
}

// number is what an id of crawler.NewID's form stands for.
func number(id string) (n uint64, err error) {
	if _, err := fmt.Sscanf(id, "P-%016x", &n); err != nil {
		return 0, fmt.Errorf("post id %q: %w", id, err)
	}
	return n, nil
}

// put keeps the text of a post; that of one already known is replaced.
func (s *spill) put(id string, t similar.Text) error {
	n, err := number(id)
	if err != nil {
		return err
	}
	s.at[n] = s.end + int64(len(s.held))
	text := string(t)
	s.held = binary.LittleEndian.AppendUint32(s.held, uint32(len(text))) //nolint:gosec // a post is far below 4 GB
	if s.held = append(s.held, text...); len(s.held) < heldMost {
		return nil
	}
	if _, err := s.f.WriteAt(s.held, s.end); err != nil {
		return fmt.Errorf("keep texts in a temporary file (set TMPDIR to a folder with room for all texts): %w", err)
	}
	s.end += int64(len(s.held))
	s.held = s.held[:0]
	return nil
}

// get reads a text back: an event.Lookup.
func (s *spill) get(id string) (similar.Text, error) {
	n, err := number(id)
	if err != nil {
		return nil, err
	}
	at, ok := s.at[n]
	if !ok {
		return nil, nil
	}
	if at >= s.end {
		held := s.held[at-s.end:]
		return similar.Text(string(held[4 : 4+binary.LittleEndian.Uint32(held)])), nil
	}
	var first [1024]byte
	have, err := s.f.ReadAt(first[:], at)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read a text back: %w", err)
	}
	size := int(binary.LittleEndian.Uint32(first[:]))
	if 4+size <= have {
		return similar.Text(string(first[4 : 4+size])), nil
	}
	all := make([]byte, size)
	if _, err := s.f.ReadAt(all, at+4); err != nil {
		return nil, fmt.Errorf("read a text back: %w", err)
	}
	return similar.Text(string(all)), nil
}
