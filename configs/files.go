package configs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// tree is where files are read from: the disk, or any fs.FS such as the shipped
// configuration.
type tree struct {
	fsys fs.FS // nil for the disk
}

// beside is the name of a file that another file, standing at name, points to.
func (t tree) beside(name, other string) string {
	if t.fsys != nil {
		return path.Join(path.Dir(name), other)
	}
	if filepath.IsAbs(other) {
		return filepath.Clean(other)
	}
	return filepath.Join(filepath.Dir(name), other)
}

func (t tree) open(name string) (fs.File, error) {
	if t.fsys != nil {
		f, err := t.fsys.Open(name)
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", name, err)
		}
		return f, nil
	}
	f, err := os.Open(filepath.Clean(name))
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	return f, nil
}

// read returns a file's text, cut one byte past the size limit, and its time of change.
func (t tree) read(name string) (data []byte, changed time.Time, err error) {
	f, err := t.open(name)
	if err != nil {
		return nil, time.Time{}, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if info, statErr := f.Stat(); statErr == nil {
		changed = info.ModTime()
	}
	data, err = io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, changed, fmt.Errorf("read: %w", err)
	}
	return data, changed, nil
}

// yamls lists the YAML files that stand directly in a directory, by name.
func (t tree) yamls(dir string) ([]string, error) {
	var entries []fs.DirEntry
	var err error
	if t.fsys != nil {
		entries, err = fs.ReadDir(t.fsys, dir)
	} else {
		entries, err = os.ReadDir(filepath.Clean(dir))
	}
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	var out []string
	for _, e := range entries {
		ext := strings.ToLower(path.Ext(e.Name()))
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") || (ext != ".yaml" && ext != ".yml") {
			continue
		}
		if t.fsys != nil {
			out = append(out, path.Join(dir, e.Name()))
		} else {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	slices.Sort(out)
	return out, nil
}

// strays warns of files that hold rules, it seems, and are not read: those that an
// editor of plain text gave another ending, and those in folders below.
func (t tree) strays(dir string) Problems {
	list := func(dir string) []fs.DirEntry {
		var entries []fs.DirEntry
		if t.fsys != nil {
			entries, _ = fs.ReadDir(t.fsys, dir) // what cannot be listed was reported
		} else {
			entries, _ = os.ReadDir(filepath.Clean(dir))
		}
		return entries
	}
	var out Problems
	for _, e := range list(dir) {
		name := strings.ToLower(e.Name())
		p := Problem{File: path.Join(dir, e.Name()), Line: 1, Column: 1, Code: "W030"}
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

// unreadable is the problem of a file that cannot be read, without the machine's
// own words for it.
func unreadable(name string, err error) Problem {
	p := Problem{File: name, Code: "E001", Message: "读不了这个文件", Remedy: "检查路径和权限"}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.Message, p.Remedy = "没有这个文件", "检查路径, 或从发行包的 configs 里复制一份"
	case errors.Is(err, fs.ErrPermission):
		p.Message, p.Remedy = "没有权限读这个文件", "给运行 huiying 的用户读权限"
	}
	return p
}
