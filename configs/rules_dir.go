package configs

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// ruleText is one file of a rules directory as it was read.
type ruleText struct {
	name    string
	data    []byte
	changed time.Time
	err     error
}

// rules reads the files of a rules directory. Where the directory is replaced by
// another meanwhile, as publishing does, it reads again: what it returns stood
// in one directory.
func (t tree) rules(dir string) ([]ruleText, error) {
	for {
		held := t.hold(dir)
		names, err := t.yamls(dir)
		out := make([]ruleText, len(names))
		for i, name := range names {
			out[i].name = name
			out[i].data, out[i].changed, out[i].err = t.read(name)
		}
		if held.stands(dir) {
			return out, err
		}
	}
}

// heldDir is a directory kept open, so that the system gives its number to no
// other; nil where there is none.
type heldDir struct{ file *os.File }

func (t tree) hold(dir string) *heldDir {
	if t.fsys != nil {
		return nil
	}
	f, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return nil
	}
	return &heldDir{f}
}

// stands lets go of the directory and tells whether it still stands at its path.
// Where there was none, or is none now, there is nothing to mix up.
func (h *heldDir) stands(dir string) bool {
	if h == nil {
		return true
	}
	defer h.file.Close() //nolint:errcheck // only read
	before, err := h.file.Stat()
	if err != nil {
		return true
	}
	after, err := os.Stat(filepath.Clean(dir))
	return err != nil || os.SameFile(before, after)
}

// hashOf is the SHA-256 of the names and contents of rule files, in hex.
func hashOf(files []ruleText) string {
	sum := sha256.New()
	for _, f := range files {
		if f.err == nil {
			sum.Write([]byte("/" + filepath.Base(f.name) + "\x00"))
			sum.Write(f.data)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// RulesFingerprint changes whenever what LoadRules reads from dir does. What
// cannot be read takes part too, so that it is noticed when it can.
func RulesFingerprint(dir string) string {
	files, err := tree{}.rules(dir)
	sum := sha256.New()
	for _, f := range files {
		fmt.Fprintf(sum, "%q %v %d:", filepath.Base(f.name), f.err, len(f.data))
		sum.Write(f.data)
	}
	fmt.Fprintf(sum, "%v", err)
	return hex.EncodeToString(sum.Sum(nil)[:8])
}
