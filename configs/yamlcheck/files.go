package yamlcheck

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"
)

// Tree is where files are read from: the disk, or any fs.FS such as the shipped
// configuration.
type Tree struct {
	FS fs.FS // nil for the disk
}

// Beside is the name of a file that another file, standing at name, points to.
func (t Tree) Beside(name, other string) string {
	if t.FS != nil {
		return path.Join(path.Dir(name), other)
	}
	if filepath.IsAbs(other) {
		return filepath.Clean(other)
	}
	return filepath.Join(filepath.Dir(name), other)
}

// Embedded tells whether the files stand in an fs.FS.
func (t Tree) Embedded() bool { return t.FS != nil }

// Join is the name of a file in a directory.
func (t Tree) Join(dir, name string) string {
	if t.FS != nil {
		return path.Join(dir, name)
	}
	return filepath.Join(dir, name)
}

// List reads a directory.
func (t Tree) List(dir string) ([]fs.DirEntry, error) {
	if t.FS != nil {
		return fs.ReadDir(t.FS, dir)
	}
	return os.ReadDir(filepath.Clean(dir))
}

func (t Tree) open(name string) (fs.File, error) {
	if t.FS != nil {
		f, err := t.FS.Open(name)
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

// Read returns a file's text, cut one byte past the size limit, and its time of change.
func (t Tree) Read(name string) (data []byte, changed time.Time, err error) {
	f, err := t.open(name)
	if err != nil {
		return nil, time.Time{}, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if info, statErr := f.Stat(); statErr == nil {
		changed = info.ModTime()
	}
	data, err = io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return nil, changed, fmt.Errorf("read: %w", err)
	}
	return data, changed, nil
}

// Unreadable is the problem of a file that cannot be read, without the machine's
// own words for it.
func Unreadable(name string, err error) Problem {
	p := Problem{File: name, Code: "E001", Message: "读不了这个文件", Remedy: "检查路径和权限"}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.Message, p.Remedy = "没有这个文件", "检查路径, 或从发行包的 configs 里复制一份"
	case errors.Is(err, fs.ErrPermission):
		p.Message, p.Remedy = "没有权限读这个文件", "给运行 huiying 的用户读权限"
	}
	return p
}
