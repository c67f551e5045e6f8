package test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"huiying/internal/proctest"
)

var secretsLong = flag.Bool("secrets.long", false, "platforms hang and close their lines too")

// run runs a command to its end and keeps what it says.
func (f *fortress) run(env []string, args ...string) (stdout string) {
	f.t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(program(f.t), append(args, "-c", f.config)...)
	cmd.Env = slices.Concat(os.Environ(), f.env, env)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		f.t.Fatal(err)
	}
	where := "huiying " + strings.Join(args, " ")
	f.hay.add(where+", stdout", out.String())
	f.hay.add(where+", stderr", errs.String())
	return out.String()
}

// get fetches a page and keeps it with its headers.
func (f *fortress) get(address string) (body string, status int) {
	f.t.Helper()
	return f.do(http.MethodGet, address, "", nil)
}

func (f *fortress) do(method, address, body string, header map[string]string) (answer string, status int) {
	f.t.Helper()
	req, err := http.NewRequestWithContext(f.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	f.hay.add(method+" "+req.URL.Path, fmt.Sprint(resp.Header)+string(b))
	return string(b), resp.StatusCode
}

// TestNothingSecretIsTold runs the program among platforms that throw its secrets
// back at it in every way, with posts that try to speak through it, and looks
// through everything it has left: logs, the database, pages, digests, what every
// command prints, what the platforms got, and the stacks of its end.
func TestNothingSecretIsTold(t *testing.T) {
	t.Parallel()
	f := newFortress(t)
	out, errs := new(proctest.Output), new(proctest.Output)
	cmd := exec.Command(program(t), "run", "-c", f.config, "--data", f.data)
	cmd.Env = append(os.Environ(), f.env...)
	cmd.Stdout, cmd.Stderr = out, errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	await(t, time.Minute, func() (bool, string) {
		return strings.Contains(errs.String(), `"source read","source":"news"`), errs.String()
	})
	close(f.feed.open)
	await(t, time.Minute, func() (bool, string) {
		n := column(t, f.db, "SELECT count(*)::text FROM posts")[0]
		return n == fmt.Sprint(len(f.feed.posts)), n + " posts stored\n" + errs.String()
	})
	f.trouble()
	f.strangers()
	most := 2 * time.Minute
	if *secretsLong {
		most = 15 * time.Minute
	}
	await(t, most, func() (bool, string) {
		open := column(t, f.db, "SELECT id || ' ' || target || ' ' || state || ' ' || last_error FROM deliveries WHERE state NOT IN ('sent', 'failed') AND target <> 'strange'")
		return len(open) == 0, strings.Join(open, "\n")
	})
	page := regexp.MustCompile(`"page":"(http://[^"]+)"`).FindStringSubmatch(errs.String())
	if page == nil {
		t.Fatal("the log does not name the page")
	}
	f.crawl(page[1])
	f.commands()

	_ = cmd.Process.Signal(syscall.SIGQUIT)
	<-ended
	log, stacks, ok := strings.Cut(errs.String(), "SIGQUIT")
	if !ok || !strings.Contains(stacks, "goroutine ") {
		t.Error("it left no stacks")
	}
	f.hay.add("log", log)
	f.hay.add("stacks", stacks)
	f.hay.add("stdout", out.String())
	records(t, log)
	f.judge()
}

// ownToken is where slack-go puts the token of a request.
var ownToken = regexp.MustCompile(`(^|&)token=[^&]*`)

// judge looks through it all.
func (f *fortress) judge() {
	t := f.t
	t.Helper()
	keys := column(t, f.db, "SELECT value FROM keys WHERE name = 'ack'")
	if len(keys) != 1 {
		t.Fatalf("%d keys", len(keys))
	}
	f.hay.look("ack key", keys[0])
	for table, text := range dump(t, f.db, "keys") {
		f.hay.add("table "+table, text)
	}
	r := &reader{t: t, ours: []string{f.pages + "/", "https://ack.huiying.invalid/a/", f.origin + "/post/"}}
	links := map[string]bool{}
	sent := 0
	for name, s := range f.spites {
		for _, q := range s.seen() {
			for own, secret := range f.secrets {
				if !slices.Contains(s.secrets, secret) && strings.Contains(q.head, secret) {
					t.Errorf("%s was shown the %s", name, own)
				}
			}
			f.hay.add("sent to "+name, ownToken.ReplaceAllString(q.body, ""))
			for _, token := range regexp.MustCompile(`huiying\.invalid(?:/|%2F)a(?:/|%2F)([\w-]{30,})`).FindAllStringSubmatch(q.body, -1) {
				links[token[1]] = true
			}
			switch {
			case strings.HasPrefix(q.head, "/api/chat.postMessage"):
				r.slack(q.body)
			case strings.HasPrefix(name, "slack"):
				continue
			case name == "wecom":
				r.wecom(q.body)
			case name == "dingtalk":
				r.dingtalk(q.body)
			case name == "feishu":
				r.feishu(q.body)
			}
			sent++
		}
		if turned := len(s.seen()); turned < len(s.ways) && name != "strange" {
			t.Errorf("%s answered %d times, it knows %d ways to answer badly", name, turned, len(s.ways))
		}
	}
	for _, raw := range f.mail.Mails() {
		f.hay.add("sent to mail", raw+r.mail(raw, "duty@example.invalid"))
		sent++
	}
	if n := len(f.away.seen()); n > 0 {
		t.Errorf("%d requests were sent where a platform redirected to", n)
	}
	for token := range links {
		for _, where := range []string{"log", "stacks", "stdout"} {
			if strings.Contains(f.hay.texts[where], token) {
				t.Errorf("%s: the token of a link stands there", where)
			}
		}
	}
	if told := column(t, f.db, "SELECT id FROM notices WHERE id LIKE 'W-leak-%'"); len(told) != 1 {
		t.Errorf("told of a secret in a post by %v, want one notice", told)
	}
	if len(links) < 50 || len(f.mail.Mails()) < 10 {
		t.Errorf("%d links and %d mails were sent", len(links), len(f.mail.Mails()))
	}
	found := f.hay.report(t)
	t.Logf("secrets=%d forms=%d places=%d bytes=%d messages=%d texts=%d found=%d mentions=%d foreign=%d",
		len(f.secrets)+1, len(f.hay.needles), len(f.hay.texts), f.hay.size(), sent, r.read, found, r.mentions, r.foreign)
}

// records holds every line of a log to be one record.
func records(t *testing.T, log string) {
	t.Helper()
	for line := range strings.Lines(log) {
		var record struct {
			Time  time.Time
			Level string
			Msg   string
		}
		if err := json.Unmarshal([]byte(line), &record); err != nil || record.Time.IsZero() || record.Level == "" || record.Msg == "" {
			t.Errorf("no record: %q", line)
		}
		if record.Msg == "forged" {
			t.Errorf("a post wrote a record: %q", line)
		}
	}
}
