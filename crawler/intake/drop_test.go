package intake_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huiying/crawler"
	"huiying/crawler/intake"
	"huiying/internal/post"
)

// dropDir is a drop directory with what came of it.
type dropDir struct {
	dir    string
	drop   *intake.Drop
	now    time.Time
	posts  []post.Post
	failed []string
	broken error
}

func newDropDir(t *testing.T) *dropDir {
	t.Helper()
	d := &dropDir{dir: t.TempDir(), now: options().Now}
	o := options()
	o.Columns = map[string]intake.Field{"承办意见": intake.None, "事由": intake.Body}
	var err error
	d.drop, err = intake.NewDrop(intake.DropOptions{
		Options: o, Dir: d.dir, Clock: func() time.Time { return d.now },
		Failed: func(_ context.Context, file, reason string) { d.failed = append(d.failed, file+": "+reason) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *dropDir) put(t *testing.T, name, text string, age time.Duration) {
	t.Helper()
	path := filepath.Join(d.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, time.Time{}, d.now.Add(-age)); err != nil {
		t.Fatal(err)
	}
}

func (d *dropDir) round(ctx context.Context) (crawler.Report, error) {
	return d.drop.Collect(ctx, crawler.Round{}, func(_ context.Context, posts []post.Post) error {
		if d.broken == nil {
			d.posts = append(d.posts, posts...)
		}
		return d.broken
	})
}

func (d *dropDir) files(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(d.dir, path)
			out = append(out, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func TestDrop(t *testing.T) {
	t.Parallel()
	d := newDropDir(t)
	d.put(t, "周一.csv", "工单编号,事由,承办意见,来电人\nG1,停暖三天，电话13800138000,转热力公司,张三\n,,,\nG2,停水,,李四\n", time.Minute)
	d.put(t, "坏.csv", "一,二\n三,四\n", time.Minute)
	d.put(t, "旧.xls", "\xd0\xcf\x11\xe0旧", time.Minute)
	d.put(t, "还在写.csv", "编号,内容\nG9,停电\n", time.Second)
	d.put(t, "明天.csv", "编号,内容\nG8,停气\n", -time.Hour) // a share whose clock runs ahead
	d.put(t, ".隐藏.csv", "编号,内容\nG7,停电\n", time.Minute)
	d.put(t, "~$周一.xlsx", "x", time.Minute)
	if err := os.Symlink("/etc/hostname", filepath.Join(d.dir, "link.csv")); err != nil {
		t.Fatal(err)
	}
	rep, err := d.round(t.Context())
	if err != nil || rep.Items != 2 || len(d.failed) != 2 {
		t.Fatalf("%+v %v %q", rep, err, d.failed)
	}
	if got := d.posts[0].Body; got != "停暖三天，电话138********" {
		t.Errorf("body %q", got)
	}
	want := []string{".隐藏.csv", "done/周一.csv", "failed/坏.csv", "failed/坏.csv.原因.txt", "failed/旧.xls", "failed/旧.xls.原因.txt", "link.csv", "~$周一.xlsx", "明天.csv", "还在写.csv"}
	slices.Sort(want)
	if diff := cmp.Diff(want, d.files(t)); diff != "" {
		t.Error(diff)
	}
	reason, err := os.ReadFile(filepath.Join(d.dir, "failed", "坏.csv.原因.txt"))
	if err != nil || !strings.Contains(string(reason), "列名") {
		t.Errorf("%q %v", reason, err)
	}

	// What was being written is read once it has been left alone.
	d.now = d.now.Add(10 * time.Second)
	if rep, err := d.round(t.Context()); err != nil || rep.Items != 2 || len(d.posts) != 4 {
		t.Errorf("%+v %v, %d posts", rep, err, len(d.posts))
	}
	// The same name again does not overwrite what is kept.
	d.put(t, "周一.csv", "编号,内容\nG3,停电\n,\n乱,", time.Minute)
	if _, err := d.round(t.Context()); err != nil {
		t.Error(err)
	}
	if n := len(slices.DeleteFunc(d.files(t), func(f string) bool { return !strings.HasPrefix(f, "done/周一") })); n < 2 {
		t.Errorf("kept %d files called 周一", n)
	}
}

// TestDropKeepsWhatIsNotStored: a file stays until its posts are stored.
func TestDropKeepsWhatIsNotStored(t *testing.T) {
	t.Parallel()
	d := newDropDir(t)
	d.put(t, "a.csv", "编号,内容\nG1,停电\n", time.Minute)
	d.broken = errors.New("disk full")
	if _, err := d.round(t.Context()); !errors.Is(err, d.broken) {
		t.Fatalf("got %v", err)
	}
	if diff := cmp.Diff([]string{"a.csv"}, d.files(t)); diff != "" {
		t.Error(diff)
	}
	d.broken = nil
	if _, err := d.round(t.Context()); err != nil || len(d.posts) != 1 {
		t.Fatalf("%v, %d posts", err, len(d.posts))
	}
	if diff := cmp.Diff([]string{"done/a.csv"}, d.files(t)); diff != "" {
		t.Error(diff)
	}
}

// TestDropSaysWhatIsWrongWithItsDirectory in words for operators.
func TestDropSaysWhatIsWrongWithItsDirectory(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a-file")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	drop, err := intake.NewDrop(intake.DropOptions{Options: options(), Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	_, err = drop.Collect(t.Context(), crawler.Round{}, nil)
	var told interface{ Chinese() string }
	if !errors.As(err, &told) || !strings.Contains(told.Chinese(), "投递目录") {
		t.Errorf("got %v", err)
	}
}

// A copy that stalls for longer than a file must rest, and goes on while its first
// half is stored, is read to the end.
func TestDropOfACopyThatStalled(t *testing.T) {
	t.Parallel()
	d := newDropDir(t)
	d.put(t, "a.csv", "编号,标题\n1,停暖三天\n", time.Minute)
	path := filepath.Join(d.dir, "a.csv")
	stored := map[string]bool{}
	for n := range 2 {
		_, err := d.drop.Collect(t.Context(), crawler.Round{}, func(_ context.Context, posts []post.Post) error {
			for _, p := range posts {
				stored[p.Title] = true
			}
			if n > 0 {
				return nil
			}
			if err := os.WriteFile(path, []byte("编号,标题\n1,停暖三天\n2,停气两天\n"), 0o600); err != nil {
				return err
			}
			return os.Chtimes(path, time.Time{}, d.now)
		})
		if err != nil {
			t.Fatal(err)
		}
		d.now = d.now.Add(time.Minute)
	}
	if !stored["停暖三天"] || !stored["停气两天"] {
		t.Errorf("stored %v", stored)
	}
	if _, err := os.Stat(filepath.Join(d.dir, "done", "a.csv")); err != nil {
		t.Error(err)
	}
}
