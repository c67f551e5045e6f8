package rulebook

import (
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

// markFile names the version that was live last.
const markFile = ".last-live"

// ErrBusy says that another process works on the versions.
var ErrBusy = errors.New("another process works on the versions of the rules")

// KeepLive keeps the rules in a live directory as a version, where they are good
// and none is the same, and notes that they were live last: LastGood finds them
// when the files have been spoilt since. It returns the version's name, "" where
// the files are bad. Where another process works on the versions it does not wait:
// ErrBusy.
func KeepLive(live string, owners []string, now time.Time) (name string, err error) {
	v, err := openVersions(live, unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return "", ErrBusy
	}
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	if err := v.setAside(owners, now); err != nil {
		return "", err
	}
	list, err := v.List()
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(list, func(x Version) bool { return x.Live })
	if at < 0 {
		return "", nil
	}
	return list[at].Version, errors.Join(v.mark(list[at].Version), v.prune())
}

// mark notes in one step which version was live last.
func (v *Versions) mark(version string) error {
	next := filepath.Join(v.store, ".new-last-live")
	err := os.WriteFile(next, []byte(version+"\n"), 0o640) //nolint:gosec // as the directory
	if err == nil {
		err = os.Rename(next, filepath.Join(v.store, markFile))
	}
	if err != nil {
		return fmt.Errorf("note the live version: %w", err)
	}
	return lasting(v.store)
}

// LastGood loads the rules that were live last in a directory whose files are bad
// now: the version noted, or else the newest that can still be read. Names of
// sections that organisation.yaml knows no more are let pass: what they own goes
// to the office. ErrNoVersion says that nothing was kept. It takes no lock and
// writes nothing, so that it works on a full disk too.
func LastGood(live string, owners []string) (*rulefile.Rules, Version, error) {
	place, err := filepath.EvalSymlinks(live)
	if err != nil {
		place = filepath.Clean(live) // the directory may be gone, its versions not
	}
	v := &Versions{live: place, store: place + "-versions"}
	list, err := v.List()
	if err != nil && len(list) == 0 {
		return nil, Version{}, errors.Join(ErrNoVersion, err)
	}
	noted, _ := os.ReadFile(filepath.Join(v.store, markFile)) // without a note the newest is taken
	slices.SortStableFunc(list, func(a, b Version) int {
		last := strings.TrimSpace(string(noted))
		switch {
		case a.Version == last && b.Version != last:
			return -1
		case b.Version == last && a.Version != last:
			return 1
		}
		return 0
	})
	for _, one := range list {
		for _, names := range [][]string{owners, nil} {
			if rules, err := rulefile.Load(one.dir, names); err == nil {
				return rules, one, nil
			}
		}
	}
	return nil, Version{}, ErrNoVersion
}
