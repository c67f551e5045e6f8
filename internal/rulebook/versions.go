package rulebook

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"huiying/internal/rulebook/rulefile"
)

// keepVersions is how many versions are kept beside the live rules.
const keepVersions = 20

// recordFile is where a kept version says of itself what it is.
const recordFile = "version.json"

// Version is one kept set of rule files.
type Version struct {
	// Version is what verdicts and alerts call it.
	Version string `json:"version"`
	// Kept is when it was published, or set aside.
	Kept time.Time `json:"kept"`
	// Note says what it is for; By and ConfirmedBy are the roles of who published
	// it and of who agreed.
	Note        string `json:"note,omitempty"`
	By          string `json:"by,omitempty"`
	ConfirmedBy string `json:"confirmed_by,omitempty"`
	// Confirmed are the true alerts that were given up knowingly.
	Confirmed []string `json:"confirmed,omitempty"`
	// Rules counts its rules, marks included.
	Rules int `json:"rules"`
	// Live says that these are the rules in the live directory now.
	Live bool `json:"live"`

	dir string
}

// Versions is the live rules directory with the versions kept beside it, in
// <directory>-versions. Nothing is ever changed inside the live directory: it is
// exchanged as a whole, in one step of the system, so that no reader sees half
// and a crash leaves the old rules or the new.
type Versions struct {
	live  string
	store string
	lock  *os.File
}

// OpenVersions opens the versions of a live rules directory for one process at a
// time. Close it after use.
func OpenVersions(live string) (*Versions, error) { return openVersions(live, unix.LOCK_EX) }

func openVersions(live string, how int) (*Versions, error) {
	place, err := filepath.EvalSymlinks(live)
	if err != nil {
		return nil, fmt.Errorf("find the live rules: %w", err)
	}
	v := &Versions{live: place, store: place + "-versions"}
	if err := os.MkdirAll(v.store, 0o750); err != nil {
		return nil, fmt.Errorf("make room for versions: %w", err)
	}
	if v.lock, err = os.OpenFile(filepath.Join(v.store, ".lock"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, fmt.Errorf("lock the versions: %w", err)
	}
	if err := unix.Flock(int(v.lock.Fd()), how); err != nil {
		return nil, errors.Join(fmt.Errorf("lock the versions: %w", err), v.lock.Close())
	}
	return v, v.clean()
}

// Close lets the next process in.
func (v *Versions) Close() error {
	if err := v.lock.Close(); err != nil {
		return fmt.Errorf("unlock the versions: %w", err)
	}
	return nil
}

// clean removes what a process that died left half made. Every version is named
// only once it is whole, and the live directory is never taken apart, so there is
// nothing to mend.
func (v *Versions) clean() error {
	left, err := filepath.Glob(filepath.Join(v.store, ".new-*"))
	if err != nil {
		return fmt.Errorf("look for leftovers: %w", err)
	}
	for _, dir := range left {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("remove a leftover: %w", err)
		}
	}
	return nil
}

// List lists the kept versions, newest first.
func (v *Versions) List() ([]Version, error) {
	entries, err := os.ReadDir(v.store)
	if err != nil {
		return nil, fmt.Errorf("list versions: %w", err)
	}
	live := rulefile.Fingerprint(v.live)
	out := []Version{}
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		dir := filepath.Join(v.store, e.Name())
		text, err := os.ReadFile(filepath.Join(dir, recordFile)) //nolint:gosec // a version we wrote
		var one Version
		if err != nil || json.Unmarshal(text, &one) != nil {
			continue // somebody else's directory: the versions beside it still count
		}
		one.dir, one.Live = dir, rulefile.Fingerprint(dir) == live
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b Version) int {
		return cmp.Or(b.Kept.Compare(a.Kept), strings.Compare(b.Version, a.Version))
	})
	return out, nil
}

// ErrChanged says that the files to publish are not those that were checked.
var ErrChanged = errors.New("the draft changed since it was checked")

// Publish makes a copy of the rules in dir live and keeps it as a version. The
// rules that were live are kept too, where they were not published but edited in
// place. checked is the fingerprint of the files that were found good; ErrChanged
// tells of others. one says what the version is; its Version and Rules are read
// from dir, whose rules must be good.
func (v *Versions) Publish(dir, checked string, owners []string, one Version) (Version, error) {
	if err := v.setAside(owners, one.Kept); err != nil {
		return one, err
	}
	copied, err := v.copy(dir)
	if err != nil {
		return one, err
	}
	// What was checked and what is made live is the same: the copy is read anew.
	if rulefile.Fingerprint(copied) != checked {
		return one, errors.Join(ErrChanged, os.RemoveAll(copied))
	}
	rules, err := rulefile.Load(copied, owners)
	if err != nil {
		return one, errors.Join(err, os.RemoveAll(copied))
	}
	one.Version, one.Rules = rules.Version(), len(rules.Rules)+len(rules.Marks)
	if one.dir, err = v.keep(copied, one); err != nil {
		return one, err
	}
	if err := v.exchange(one.dir); err != nil {
		return one, err
	}
	one.Live = true
	return one, errors.Join(v.mark(one.Version), v.prune())
}

// Rollback makes a kept version live again: the named one, or the one before the
// one that is live. Rules that were edited in place are kept first.
func (v *Versions) Rollback(version string, owners []string, now time.Time) (Version, error) {
	if err := v.setAside(owners, now); err != nil {
		return Version{}, err
	}
	list, err := v.List()
	if err != nil {
		return Version{}, err
	}
	to := -1
	if version != "" {
		to = slices.IndexFunc(list, func(x Version) bool { return x.Version == version })
	} else if at := slices.IndexFunc(list, func(x Version) bool { return x.Live }); at+1 < len(list) {
		to = at + 1 // where the live rules are too bad to be kept, the newest
	}
	if to < 0 {
		return Version{}, ErrNoVersion
	}
	if err := v.exchange(list[to].dir); err != nil {
		return Version{}, err
	}
	list[to].Live = true
	return list[to], v.mark(list[to].Version)
}

// ErrNoVersion says that there is no such version, or none before the live one.
var ErrNoVersion = errors.New("no such version of the rules")

// setAside keeps the live rules where they are good and no version has them.
func (v *Versions) setAside(owners []string, now time.Time) error {
	list, err := v.List()
	if err != nil || slices.ContainsFunc(list, func(x Version) bool { return x.Live }) {
		return err
	}
	rules, err := rulefile.Load(v.live, owners)
	if err != nil {
		return nil //nolint:nilerr // bad rules are not worth going back to
	}
	copied, err := v.copy(v.live)
	if err != nil {
		return err
	}
	_, err = v.keep(copied, Version{
		Version: rules.Version(), Rules: len(rules.Rules) + len(rules.Marks),
		Kept: now.Add(-time.Millisecond), Note: "直接改的",
	})
	return err
}
