package fault

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"huiying/configs"
)

// mostMemory is what the daemon may hold at any time, in MB.
const mostMemory = 512

func TestBadInputs(t *testing.T) {
	w := newWorld(t)
	rows := slices.Concat(transport(w), addresses(w), content(w))
	stalling := stalled(w, 200)
	sites, sources := newGoodSites(t)
	for _, r := range slices.Concat(rows, stalling) {
		sources += r.yaml()
	}
	began := time.Now()
	d := run(w, sources, "127.0.0.9/32, 127.0.1.0/24")
	sites.start()

	// Every source comes to the end of a round.
	var open []string
	d.await(hang-time.Since(began), func() bool {
		open = open[:0]
		for id, h := range d.health() {
			if !read(h) {
				open = append(open, id)
			}
		}
		return len(open) == 0
	})
	if len(open) > 0 {
		slices.Sort(open)
		t.Errorf("after %v these had not ended a round: %v", hang, open)
	}
	t.Logf("%d sources ended their first rounds after %v", len(rows)+len(stalling)+goodSources, time.Since(began).Round(100*time.Millisecond))
	last := sites.published(goodSources-1, goodItems-1)
	d.await(time.Until(last.Add(late)), func() bool { return false })
	peak := d.peak()
	health, skipped := d.health(), d.skipped()
	d.stop()

	for _, r := range rows {
		t.Run(strings.ToUpper(r.id)+" "+r.name, func(t *testing.T) { r.judge(t, d, health[r.id].LastError+"\n"+skipped[r.id]) })
	}
	for _, r := range stalling {
		if got := health[r.id].LastError; !strings.Contains(got, r.reason) {
			t.Errorf("%s: %q", r.id, got)
		}
	}
	sites.check(d)
	if n := w.intruders.Load(); n > 0 {
		t.Errorf("%d connections to forbidden addresses", n)
	}
	t.Logf("memory: at most %d MB; connections to forbidden addresses: %d", peak, w.intruders.Load())
	if peak > mostMemory && !raceEnabled {
		t.Errorf("the daemon held %d MB, more than %d", peak, mostMemory)
	}
	for _, bad := range []string{"panic", "fatal error", "root:x:0"} {
		if log := d.log.String(); strings.Contains(log, bad) {
			at := strings.Index(log, bad)
			t.Errorf("the log holds %q: %s", bad, log[max(0, at-300):min(len(log), at+500)])
		}
	}
}

// judge holds one row to what it promises.
func (r row) judge(t *testing.T, d *daemonRun, told string) {
	t.Helper()
	switch {
	case r.reason == "" && strings.TrimSpace(told) != "":
		t.Errorf("trouble is told where there is none: %s", told)
	case r.reason != "" && !regexp.MustCompile(r.reason).MatchString(told):
		t.Errorf("told %q, want %q", told, r.reason)
	}
	posts := d.posts(r.id)
	for _, want := range r.posts {
		if !slices.ContainsFunc(texts(d, r.id), func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("%q was not read: %d posts, told %q", want, len(posts), told)
		}
	}
	if r.most > 0 && len(posts) > r.most {
		t.Errorf("%d posts, want at most %d", len(posts), r.most)
	}
	if r.check != nil {
		r.check(d, r)
	}
}

func texts(d *daemonRun, source string) []string {
	d.t.Helper()
	var all []string
	for _, p := range d.posts(source) {
		all = append(all, p.Title+"\n"+p.Body)
	}
	return all
}

// What is no web address, or hides one, is refused before anything is read.
func TestRefusedAddresses(t *testing.T) {
	t.Parallel()
	for _, url := range refusedURLs() {
		w := &world{t: t, port: 80}
		_, err := configs.Load(configure(t, row{id: "x", url: w.fill(url)}.yaml(), ""))
		if err == nil || !strings.Contains(err.Error(), "sources.yaml:2:") {
			t.Errorf("%s: %v", url, err)
		}
	}
}
