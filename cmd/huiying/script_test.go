package main

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/yanyiwu/gojieba"

	"huiying/configs"
	"huiying/internal/origintest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"huiying": main})
}

const scriptFeed = `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>新闻网</title>
<item><title>长治一煤矿智能化改造完成</title><link>http://news.example.invalid/1.html</link><pubDate>Sun, 23 Nov 2025 09:00:00 +0800</pubDate><description>改造完成。</description></item>
</channel></rss>`

// TestScripts runs the command line as a person types it. Every script finds the
// shipped configuration in configs, at $ORIGIN a web server with a feed at
// /feed.xml and nothing else, and in $WEB an address that is free. What run and
// demo do at length is tried in the directory test.
func TestScripts(t *testing.T) {
	t.Parallel()
	bin, _, _ := strings.Cut(os.Getenv("PATH"), string(filepath.ListSeparator)) // testscript's own
	if err := frequentWords(filepath.Join(bin, "dict")); err != nil {
		t.Fatal(err)
	}
	origin := origintest.New(t)
	origin.On("/feed.xml", origintest.Answer{Type: "application/rss+xml; charset=utf-8", Body: []byte(scriptFeed)})
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			web, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			env.Setenv("WEB", web.Addr().String())
			env.Setenv("ORIGIN", origin.URL(""))
			if err := web.Close(); err != nil {
				return err
			}
			return os.CopyFS(filepath.Join(env.WorkDir, "configs"), configs.FS)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "capture": capture, "await": await,
		},
	})
}

// frequentWords makes dictionaries of the tenth of jieba's words that is written most.
// The scripts try the command line, not the cutting of words, and begin the program
// 160 times: with all words that takes a second of the processor each.
func frequentWords(dir string) error {
	model, err := os.ReadFile(filepath.Join(gojieba.DICT_DIR, "hmm_model.utf8"))
	if err != nil {
		return err
	}
	all, err := os.ReadFile(filepath.Join(gojieba.DICT_DIR, "jieba.dict.utf8"))
	if err != nil {
		return err
	}
	var frequent bytes.Buffer
	for line := range bytes.Lines(all) {
		if fields := bytes.Fields(line); len(fields) == 3 && len(fields[1]) >= 3 { // 100 times and more
			frequent.Write(line)
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "hmm_model.utf8"), model, 0o600),
		os.WriteFile(filepath.Join(dir, "jieba.dict.utf8"), frequent.Bytes(), 0o600),
	)
}

// exits runs a program and holds it to an exit code: exits 1 huiying check.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE program [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if ee, ok := errors.AsType[*exec.ExitError](err); ok {
		got = ee.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// capture keeps what stdout holds of a pattern in a variable: capture ID 'C-\d+'.
func capture(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: capture NAME PATTERN")
	}
	found := regexp.MustCompile(args[1]).FindString(ts.ReadFile("stdout"))
	if found == "" {
		ts.Fatalf("stdout does not match %s", args[1])
	}
	ts.Setenv(args[0], found)
}

// await waits until an address answers: await http://127.0.0.1:8420/.
func await(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: await URL")
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		res, err := http.Get(args[0])
		if err == nil {
			_ = res.Body.Close()
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("no answer: %v", err)
		}
	}
}
