package intake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"huiying/crawler"
	"huiying/internal/post"
	"huiying/internal/zh"
)

// Where a dropped file goes once it was read.
const (
	doneDir   = "done"
	failedDir = "failed"
)

// quietFor is how long a file must have been left alone before it is read: one
// that is still being copied would be read in half.
const quietFor = 5 * time.Second

// DropOptions configures a Drop.
type DropOptions struct {
	// Options say how the files' rows are read; their Now is not used.
	Options
	// Dir is the directory that is watched. It is made, with done and failed inside.
	Dir string
	// Failed is told of a file that could not be read, with the reason in Chinese.
	// Defaults to nobody.
	Failed func(ctx context.Context, file, reason string)
	// Clock defaults to time.Now.
	Clock func() time.Time
	// Log defaults to silence.
	Log *slog.Logger
}

// Drop is a directory into which people put sheets: each file is imported once
// and moved to done, or to failed with a file that says why.
type Drop struct {
	o DropOptions
	// before is each file as the last round saw it.
	before map[string]fileState
}

// fileState is what tells whether a file is still being written.
type fileState struct {
	size int64
	at   time.Time
}

var _ crawler.Collector = (*Drop)(nil)

// NewDrop makes a Drop. The directory is made by the first round.
func NewDrop(o DropOptions) (*Drop, error) {
	if o.Dir == "" {
		return nil, errors.New("intake: no directory to watch; set Dir")
	}
	if o.Failed == nil {
		o.Failed = func(context.Context, string, string) {}
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Drop{o: o, before: map[string]fileState{}}, nil
}

// trouble is trouble with the directory, which an operator can mend.
func (d *Drop) trouble(err error) error {
	return &crawler.TroubleError{
		Trouble: crawler.Ours, Err: fmt.Errorf("watch %s: %w", d.o.Dir, err),
		Reason: "投递目录 " + d.o.Dir + " 打不开或写不了。请检查路径和权限。",
	}
}

// Collect implements crawler.Collector: it imports every file that is complete. A
// file whose posts are stored but which could not be moved is read again, which
// changes nothing.
func (d *Drop) Collect(ctx context.Context, _ crawler.Round, emit crawler.Emit) (crawler.Report, error) {
	var rep crawler.Report
	for _, dir := range []string{doneDir, failedDir} {
		if err := os.MkdirAll(filepath.Join(d.o.Dir, dir), 0o750); err != nil {
			return rep, d.trouble(err)
		}
	}
	entries, err := os.ReadDir(d.o.Dir)
	if err != nil {
		return rep, d.trouble(err)
	}
	now := d.o.Clock()
	seen := map[string]fileState{}
	rep.Unchanged = true // an empty directory is no empty list
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !wanted(e.Name(), info) {
			continue
		}
		v := fileState{info.Size(), info.ModTime()}
		if age := now.Sub(v.at); (age < quietFor || age < 0) && d.before[e.Name()] != v {
			seen[e.Name()] = v
			continue
		}
		rep.Unchanged = false
		if err := d.take(ctx, e.Name(), v, now, emit, &rep); err != nil {
			d.before = seen
			return rep, err
		}
	}
	d.before = seen
	return rep, nil
}

// wanted leaves out directories, links, hidden files and those that browsers and
// offices keep while they write.
func wanted(name string, info fs.FileInfo) bool {
	if !info.Mode().IsRegular() || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") {
		return false
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".tmp", ".part", ".partial", ".crdownload", ".swp":
		return false
	}
	return true
}

// stillGrowing tells whether a file is no longer as it was looked at: a copy over the network
// had stalled, and what was read is half of it.
func (d *Drop) stillGrowing(name string, v fileState) bool {
	info, err := os.Lstat(filepath.Join(d.o.Dir, name))
	return err == nil && v != fileState{info.Size(), info.ModTime()}
}

// take imports one file and moves it away. Its error means that the posts could
// not be stored; the file stays, as does one that grew meanwhile: it is read again,
// and rows that are stored do no harm.
func (d *Drop) take(ctx context.Context, name string, v fileState, now time.Time, emit crawler.Emit, rep *crawler.Report) error {
	posts, problems, err := d.read(name, now)
	if d.stillGrowing(name, v) {
		return nil
	}
	if err != nil {
		rep.Skipped = append(rep.Skipped, err.Error())
		d.o.Log.WarnContext(ctx, "dropped sheet not read", "source", d.o.Source.ID, "file", name, "error", err)
		if moved := d.move(name, failedDir, "原因", []string{err.Error()}, now); moved != nil {
			return moved // else it would be reported again and again
		}
		d.o.Failed(ctx, name, err.Error())
		return nil
	}
	rep.Items += len(posts)
	if len(posts) > 0 {
		if err := emit(ctx, posts); err != nil {
			return fmt.Errorf("store posts of %s: %w", name, err)
		}
	}
	if d.stillGrowing(name, v) {
		return nil
	}
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = p.String()
	}
	rep.Skipped = append(rep.Skipped, lines...)
	return d.move(name, doneDir, "问题", lines, now)
}

func (d *Drop) read(name string, now time.Time) ([]post.Post, []Problem, error) {
	f, err := os.OpenInRoot(d.o.Dir, name)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: 打不开; 请检查权限", name)
	}
	defer f.Close() //nolint:errcheck // Nothing was written.
	o := d.o.Options
	o.Now = now
	return Read(f, name, o)
}

// move puts a file into done or failed under a name that is free, with the lines,
// if any, in a file beside it.
func (d *Drop) move(name, into, what string, lines []string, now time.Time) error {
	to := filepath.Join(d.o.Dir, into, name)
	if _, err := os.Lstat(to); err == nil {
		ext := filepath.Ext(name)
		stem := strings.TrimSuffix(name, ext) + "-" + now.In(zh.Beijing()).Format("20060102-150405.000")
		to = filepath.Join(d.o.Dir, into, stem+ext)
	}
	if len(lines) > 0 {
		text := strings.Join(lines, "\n") + "\n"
		if err := os.WriteFile(to+"."+what+".txt", []byte(text), 0o600); err != nil {
			return d.trouble(err)
		}
	}
	if err := os.Rename(filepath.Join(d.o.Dir, name), to); err != nil {
		return d.trouble(err)
	}
	return nil
}
