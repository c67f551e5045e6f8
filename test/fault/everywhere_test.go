package fault

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// inside says that this process has a network of its own, in which every address
// there is leads to itself.
var inside = flag.Bool("inside", false, "be the inner half of TestEveryAddress")

// TestEveryAddress gives the daemon a network in which each address of the world is
// answered: the metadata service, private and special ranges, and public ones. With
// no range allowed it must read the public ones, and connect to none of the others.
// It needs a kernel that lets us have such a network.
func TestEveryAddress(t *testing.T) {
	if *inside {
		everyAddress(t)
		return
	}
	t.Parallel()
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("no ip command to make a network with")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run", "^TestEveryAddress$", "-test.v", "-inside")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	switch {
	case cmd.ProcessState == nil:
		t.Skip("no network of our own here:", err)
	case strings.Contains(string(out), "--- SKIP"):
		t.Skip(string(out))
	case err != nil:
		t.Errorf("%v\n%s", err, out)
	}
	t.Log(regexp.MustCompile(`(?m)^.*addresses were.*$`).FindString(string(out)))
}

func everyAddress(t *testing.T) {
	t.Helper()
	for _, args := range []string{"link set lo up", "route add local 0.0.0.0/0 dev lo", "-6 route add local ::/0 dev lo"} {
		if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil && !strings.HasPrefix(args, "-6") {
			t.Skipf("ip %s: %v %s", args, err, out)
		}
	}
	var forbiddenHits, publicHits atomic.Int64
	trap, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	serveConns(t, trap, func(c net.Conn) {
		forbiddenHits.Add(1)
		t.Logf("reached %s", c.LocalAddr())
	})
	at := trap.Addr().(*net.TCPAddr).Port
	if probe, err := net.DialTimeout("tcp", fmt.Sprintf("169.254.169.254:%d", at), 5*time.Second); err != nil {
		t.Skip("the metadata address leads nowhere:", err)
	} else {
		_ = probe.Close()
	}
	for forbiddenHits.Load() == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	forbiddenHits.Store(0)

	// The sites of the public world: each redirects to where its path says.
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	urls := special()
	site := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		publicHits.Add(1)
		var n int
		switch {
		case strings.HasPrefix(r.URL.Path, "/to/"):
			_, _ = fmt.Sscanf(r.URL.Path, "/to/%d", &n)
			w.Header().Set("Location", fmt.Sprintf(urls[n], at))
			w.WriteHeader(http.StatusFound)
		case r.URL.Path == "/f":
			_, _ = w.Write(rss(good))
		default:
			http.NotFound(w, r)
		}
	})}
	go func() { _ = site.Serve(l) }()
	t.Cleanup(func() { _ = site.Close() })

	w := &world{t: t, port: at, ca: newAuthority(t), dns: serveNames(t)}
	public := func(i int, path string) string {
		return fmt.Sprintf("http://93.184.%d.%d:%d%s", i/200+1, i%200+1, l.Addr().(*net.TCPAddr).Port, path)
	}
	rows := []row{{id: "public", url: public(999, "/f"), posts: []string{good}}}
	for i, u := range urls {
		rows = append(
			rows,
			row{id: fmt.Sprintf("d%02d", i), url: w.fill(u)},
			row{id: fmt.Sprintf("p%02d", i), kind: "page", url: w.fill(u)},
			row{id: fmt.Sprintf("r%02d", i), url: public(i, fmt.Sprintf("/to/%d", i))},
		)
	}
	sources := ""
	for _, r := range rows {
		sources += r.yaml()
	}
	d := run(w, sources, "")
	d.await(hang, func() bool {
		for _, h := range d.health() {
			if !read(h) {
				return false
			}
		}
		return true
	})
	for id, h := range d.health() {
		if id != "public" && h.Failures == 0 {
			t.Errorf("%s: was read", id)
		}
	}
	if got := texts(d, "public"); len(got) != 1 {
		t.Errorf("the public site was not read: %v %s", got, d.health()["public"].LastError)
	}
	d.stop()
	if n := forbiddenHits.Load(); n > 0 {
		t.Errorf("%d connections to forbidden addresses", n)
	}
	t.Logf("%d addresses were tried as feed, as page and by redirect; %d requests came to public ones, %d connections to others",
		len(urls), publicHits.Load(), forbiddenHits.Load())
}
