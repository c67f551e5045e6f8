package rulefile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"huiying/configs/yamlcheck"
)

// ruleText is one file of a rules directory as it was read.
type ruleText struct {
	name    string
	data    []byte
	changed time.Time
	err     error
}

// texts reads the files of a rules directory. Where the directory is replaced by
// another meanwhile, as publishing does, it reads again: what it returns stood
// in one directory.
func texts(t yamlcheck.Tree, dir string) ([]ruleText, error) {
	for {
		held := hold(t, dir)
		names, err := Yamls(t, dir)
		out := make([]ruleText, len(names))
		for i, name := range names {
			out[i].name = name
			out[i].data, out[i].changed, out[i].err = t.Read(name)
		}
		if held.stands(dir) {
			return out, err
		}
	}
}

// heldDir is a directory kept open, so that the system gives its number to no
// other; nil where there is none.
type heldDir struct{ file *os.File }

func hold(t yamlcheck.Tree, dir string) *heldDir {
	if t.Embedded() {
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

// Fingerprint changes whenever what Load reads from dir does. What
// cannot be read takes part too, so that it is noticed when it can.
func Fingerprint(dir string) string {
	files, err := texts(yamlcheck.Tree{}, dir)
	sum := sha256.New()
	for _, f := range files {
		fmt.Fprintf(sum, "%q %v %d:", filepath.Base(f.name), f.err, len(f.data))
		sum.Write(f.data)
	}
	fmt.Fprintf(sum, "%v", err)
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// Yamls lists the YAML files that stand directly in a directory, by name.
func Yamls(t yamlcheck.Tree, dir string) ([]string, error) {
	entries, err := t.List(dir)
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	var out []string
	for _, e := range entries {
		ext := strings.ToLower(path.Ext(e.Name()))
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") || (ext != ".yaml" && ext != ".yml") {
			continue
		}
		out = append(out, t.Join(dir, e.Name()))
	}
	slices.Sort(out)
	return out, nil
}

// strays warns of files that hold rules, it seems, and are not read: those that an
// editor of plain text gave another ending, and those in folders below.
func strays(t yamlcheck.Tree, dir string) yamlcheck.Problems {
	list := func(dir string) []fs.DirEntry {
		entries, _ := t.List(dir) // what cannot be listed was reported
		return entries
	}
	var out yamlcheck.Problems
	for _, e := range list(dir) {
		name := strings.ToLower(e.Name())
		p := yamlcheck.Problem{File: path.Join(dir, e.Name()), Line: 1, Column: 1, Code: "W030"}
		switch {
		case strings.HasPrefix(name, "."):
		case e.IsDir() && slices.ContainsFunc(list(p.File), func(e fs.DirEntry) bool {
			return strings.HasSuffix(strings.ToLower(e.Name()), ".yaml")
		}):
			p.Message, p.Remedy = "子目录里的规则文件不会读", "把里面的 .yaml 文件挪到上一级目录"
			out = append(out, p)
		case !e.IsDir() && strings.HasSuffix(name, ".txt"):
			p.Message, p.Remedy = "这个文件不会读: 名字不是 .yaml 结尾", "改名为 "+strings.TrimSuffix(strings.TrimSuffix(e.Name(), path.Ext(e.Name())), ".yaml")+".yaml"
			out = append(out, p)
		}
	}
	return out
}
