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
		before := t.standing(dir)
		names, err := t.yamls(dir)
		out := make([]ruleText, len(names))
		for i, name := range names {
			out[i].name = name
			out[i].data, out[i].changed, out[i].err = t.read(name)
		}
		if after := t.standing(dir); before == nil || after == nil || os.SameFile(before, after) {
			return out, err
		}
	}
}

// standing tells which directory stands at a path; nil for none, and inside an fs.FS.
func (t tree) standing(dir string) os.FileInfo {
	if t.fsys != nil {
		return nil
	}
	info, err := os.Stat(filepath.Clean(dir))
	if err != nil {
		return nil
	}
	return info
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
