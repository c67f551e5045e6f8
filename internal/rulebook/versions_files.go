package rulebook

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// keep names a copy, with its record, as a version.
func (v *Versions) keep(copied string, one Version) (string, error) {
	text, err := json.MarshalIndent(one, "", "  ")
	if err != nil {
		return "", fmt.Errorf("write a version's record: %w", err)
	}
	if err := os.WriteFile(filepath.Join(copied, recordFile), append(text, '\n'), 0o640); err != nil { //nolint:gosec // as the directory
		return "", fmt.Errorf("write a version's record: %w", err)
	}
	dir := filepath.Join(v.store, one.Version)
	if err := os.RemoveAll(dir); err != nil { // the same rules, published before
		return "", fmt.Errorf("renew a version: %w", err)
	}
	if err := os.Rename(copied, dir); err != nil {
		return "", fmt.Errorf("name a version: %w", err)
	}
	return dir, lasting(v.store)
}

// exchange makes a copy of a version live.
func (v *Versions) exchange(version string) error {
	next, err := v.copy(version)
	if err != nil {
		return err
	}
	if err := v.carry(next); err != nil {
		return err
	}
	err = unix.Renameat2(unix.AT_FDCWD, next, unix.AT_FDCWD, v.live, unix.RENAME_EXCHANGE)
	if err != nil {
		return errors.Join(fmt.Errorf("exchange %s: %w; the file system must be able to exchange directories, and the directory must not be a mount point: mount its parent instead", v.live, err), os.RemoveAll(next))
	}
	if err := lasting(filepath.Dir(v.live)); err != nil {
		return err
	}
	if err := os.RemoveAll(next); err != nil { // now the old rules, which are kept
		return fmt.Errorf("remove the old rules: %w", err)
	}
	return nil
}

// carry copies what stands in the live directory beside rules, say a note.
func (v *Versions) carry(next string) error {
	entries, err := os.ReadDir(v.live)
	if err != nil {
		return fmt.Errorf("list the live rules: %w", err)
	}
	for _, e := range entries {
		if ruleFile(e) || !e.Type().IsRegular() {
			continue
		}
		if err := copyFile(filepath.Join(v.live, e.Name()), filepath.Join(next, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// copy copies the rule files of dir into a new directory of the store, with
// their times, which are part of their version's name.
func (v *Versions) copy(dir string) (string, error) {
	mode := fs.FileMode(0o750)
	if info, err := os.Stat(v.live); err == nil {
		mode = info.Mode().Perm()
	}
	to, err := os.MkdirTemp(v.store, ".new-")
	if err == nil {
		err = os.Chmod(to, mode)
	}
	if err != nil {
		return "", fmt.Errorf("copy the rules: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", fmt.Errorf("copy the rules: %w", err)
	}
	for _, e := range entries {
		if !ruleFile(e) {
			continue
		}
		if err := copyFile(filepath.Join(dir, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return "", errors.Join(err, os.RemoveAll(to))
		}
	}
	return to, lasting(to)
}

// ruleFile tells what the rules are read from.
func ruleFile(e fs.DirEntry) bool {
	ext := strings.ToLower(filepath.Ext(e.Name()))
	return !e.IsDir() && !strings.HasPrefix(e.Name(), ".") && (ext == ".yaml" || ext == ".yml")
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(filepath.Clean(from))
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	info, err := os.Stat(from)
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	f, err := os.OpenFile(filepath.Clean(to), os.O_CREATE|os.O_EXCL|os.O_WRONLY, info.Mode().Perm())
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Chtimes(to, info.ModTime(), info.ModTime())
	}
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	return nil
}

// lasting makes names in a directory last through a power cut.
func lasting(dir string) error {
	f, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	return nil
}

// prune removes the oldest versions beyond those that are kept. The live one stays.
func (v *Versions) prune() error {
	list, err := v.List()
	if err != nil {
		return err
	}
	for i := keepVersions; i < len(list); i++ {
		if list[i].Live {
			continue
		}
		if err := os.RemoveAll(list[i].dir); err != nil {
			return fmt.Errorf("remove an old version: %w", err)
		}
	}
	return nil
}
