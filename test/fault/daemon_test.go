package fault

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"huiying/configs"
	"huiying/crawler/schedule"
	"huiying/internal/fixture"
	"huiying/internal/proctest"
	"huiying/internal/store"
)

// daemonRun is the daemon at work in a process of its own.
type daemonRun struct {
	t     *testing.T
	w     *world
	cmd   *exec.Cmd
	log   *proctest.Output
	ended chan error
	db    *store.DB
}

// configure writes the configuration of a daemon that reads the given sources, with
// the shipped rules and organisation.
// Allow lists the special ranges that it may read.
func configure(t *testing.T, sources, allow string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, configs.FS); err != nil {
		t.Fatal(err)
	}
	settings := `
storage: {driver: sqlite, path: huiying.db}
fetch: {contact: test@example.invalid, per_host: 100ms, allow_private: [` + allow + `]}
chat:
  targets:
    - {name: 控制台, kind: console}
web: {addr: "127.0.0.1:0"}
`
	for name, text := range map[string]string{"huiying.yaml": settings, "sources.yaml": "sources:\n" + sources} {
		name = filepath.Join(dir, name)
		_ = os.Remove(name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "huiying.yaml")
}

// run starts the daemon on the given sources. It trusts the world's authority, looks
// names up in it, and its environment names a proxy at a forbidden address.
func run(w *world, sources, allow string) *daemonRun {
	w.t.Helper()
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	data := w.t.TempDir()
	d := &daemonRun{t: w.t, w: w, log: new(proctest.Output), ended: make(chan error, 1)}
	d.cmd = exec.Command(self, "-daemon", configure(w.t, sources, allow), "-data", data, "-dns", w.dns)
	d.cmd.Stdout, d.cmd.Stderr = d.log, d.log
	proxy := fmt.Sprintf("http://%s:%d", forbidden, w.port)
	d.cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+w.ca.file,
		"HTTP_PROXY="+proxy, "http_proxy="+proxy, "HTTPS_PROXY="+proxy, "ALL_PROXY="+proxy, "NO_PROXY=")
	if err := d.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() {
		d.ended <- d.cmd.Wait()
		close(gone)
	}()
	w.t.Cleanup(func() {
		_ = d.cmd.Process.Kill()
		<-gone
	})
	d.await(30*time.Second, func() bool { return strings.Contains(d.log.String(), `"source read"`) })
	if d.db, err = store.Open(w.t.Context(), store.Options{Path: filepath.Join(data, "huiying.db")}); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = d.db.Close() })
	return d
}

// await waits until done says so, and fails the test when the daemon dies or most
// has passed.
func (d *daemonRun) await(most time.Duration, done func() bool) {
	d.t.Helper()
	for end := time.Now().Add(most); !done(); time.Sleep(250 * time.Millisecond) {
		if len(d.ended) > 0 {
			d.t.Fatalf("the daemon ended by itself: %v\n%s", <-d.ended, tail(d.log.String()))
		}
		if time.Now().After(end) {
			return
		}
	}
}

func tail(s string) string { return s[max(0, len(s)-8000):] }

// health lists the sources by their ids.
func (d *daemonRun) health() map[string]schedule.Health {
	d.t.Helper()
	all, err := schedule.ListHealth(d.t.Context(), d.db.Reader())
	if err != nil {
		d.t.Fatal(err)
	}
	byID := make(map[string]schedule.Health, len(all))
	for _, h := range all {
		byID[h.ID] = h
	}
	return byID
}

// read says whether a source has ended a round, well or not.
func read(h schedule.Health) bool { return h.Failures > 0 || h.Rounds > 0 }

// posts are those of a source that are stored.
func (d *daemonRun) posts(source string) []fixture.Post {
	d.t.Helper()
	var all []fixture.Post
	if err := d.db.Reader().NewSelect().Model(&all).Where("source = ?", source).Scan(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	return all
}

// skipped are the reasons that the log gives for items of each source.
func (d *daemonRun) skipped() map[string]string {
	d.t.Helper()
	out := map[string]string{}
	for line := range strings.Lines(d.log.String()) {
		var e struct{ Msg, Source, Reason string }
		if json.Unmarshal([]byte(line), &e) == nil && e.Msg == "item skipped" {
			out[e.Source] += e.Reason + "\n"
		}
	}
	return out
}

// attempts counts the requests for a URL of the world.
func (d *daemonRun) attempts(url string) int {
	rest := strings.TrimPrefix(url, "http://")
	host, path, _ := strings.Cut(rest, "/")
	return len(d.w.hosts[host].Requests("/" + path))
}

// peak is the most memory the daemon ever held, in MB.
func (d *daemonRun) peak() int {
	d.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.cmd.Process.Pid))
	if err != nil {
		d.t.Fatal(err)
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		d.t.Fatalf("no VmHWM in:\n%s", status)
	}
	kb, err := strconv.Atoi(string(m[1]))
	if err != nil {
		d.t.Fatal(err)
	}
	return kb >> 10
}

// stop ends the daemon, which must take no longer than it may.
func (d *daemonRun) stop() {
	d.t.Helper()
	_ = d.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-d.ended:
		if err != nil {
			d.t.Errorf("the daemon ended with %v\n%s", err, tail(d.log.String()))
		}
	case <-time.After(15 * time.Second):
		d.t.Errorf("the daemon did not end within 15 s of SIGTERM")
	}
}
