package rulebook

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// RehearsalLasts is how long a replay of a draft allows publishing it: archive and
// judgements go on.
const RehearsalLasts = 24 * time.Hour

// rehearsalDir holds the records of replays, beside the versions. It begins with a
// dot, so that it is no version.
const rehearsalDir = ".replays"

// Rehearsal is the record of a replay: what was tried against what, and what
// came of it.
type Rehearsal struct {
	// Draft and Live are the fingerprints of the two sets of files, see
	// configs.RulesFingerprint.
	Draft string    `json:"draft"`
	Live  string    `json:"live"`
	At    time.Time `json:"at"`
	// Asked is how many days were asked for, Posts, Events and Days what there was.
	Asked  int `json:"asked"`
	Posts  int `json:"posts"`
	Events int `json:"events"`
	Days   int `json:"days"`
	// Added and Lost count alerted events; TrueLost are those of the lost that a
	// person had judged 真.
	Added    int     `json:"added"`
	Lost     int     `json:"lost"`
	TrueLost []Shift `json:"true_lost"`
}

// Rehearsed is the record of a replay over so many days.
func Rehearsed(r Replay, draft, live string, days int, at time.Time) Rehearsal {
	out := Rehearsal{
		Draft: draft, Live: live, At: at, Asked: days, Posts: r.Posts, Events: r.Events, Days: r.Days,
		Added: len(r.Added), Lost: len(r.Lost), TrueLost: []Shift{},
	}
	for _, s := range r.Lost {
		if s.Judged == True {
			out.TrueLost = append(out.TrueLost, s)
		}
	}
	return out
}

// ErrNotRehearsed says that no replay of exactly this draft against exactly the
// live rules is young enough.
var ErrNotRehearsed = errors.New("the draft was not replayed")

// KeepRehearsal records a replay, in one step, in place of an earlier one of the
// same draft, and removes the records that allow nothing any more.
func (v *Versions) KeepRehearsal(r Rehearsal) error {
	dir := filepath.Join(v.store, rehearsalDir)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("record the replay: %w", err)
	}
	if err := forget(dir, r.At); err != nil {
		return err
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("record the replay: %w", err)
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return fmt.Errorf("record the replay: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, r.Draft+".json"))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("record the replay: %w", err), os.RemoveAll(f.Name()))
	}
	return lasting(dir)
}

// forget removes records that are too old, and leftovers of a process that died.
func forget(dir string, now time.Time) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("record the replay: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || now.Sub(info.ModTime()) < RehearsalLasts {
			continue // gone meanwhile, or young
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("record the replay: %w", err)
		}
	}
	return nil
}

// Rehearsal finds the replay of a draft against the live rules, by their
// fingerprints; ErrNotRehearsed where there is none that counts at now.
func (v *Versions) Rehearsal(draft, live string, now time.Time) (Rehearsal, error) {
	var r Rehearsal
	text, err := os.ReadFile(filepath.Join(v.store, rehearsalDir, filepath.Base(draft)+".json"))
	if errors.Is(err, os.ErrNotExist) {
		return r, ErrNotRehearsed
	}
	if err != nil {
		return r, fmt.Errorf("read the record of the replay: %w", err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return Rehearsal{}, ErrNotRehearsed // no record of ours: replay again
	}
	if age := now.Sub(r.At); r.Draft != draft || r.Live != live || age < 0 || age >= RehearsalLasts {
		return Rehearsal{}, ErrNotRehearsed
	}
	return r, nil
}

// Unconfirmed are the lost true alerts that confirmed does not name, by the id of
// the event or of the post.
func (r Rehearsal) Unconfirmed(confirmed []string) []Shift {
	named := map[string]bool{}
	for _, id := range confirmed {
		named[id] = true
	}
	var out []Shift
	for _, s := range r.TrueLost {
		if !named[s.Event] && !named[s.Post] {
			out = append(out, s)
		}
	}
	return out
}
