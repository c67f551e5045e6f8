package test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"huiying/configs"
	"huiying/internal/proctest"
	"huiying/internal/slacktest"
)

// slackToken is the environment's variable that holds the token of the fake Slack.
const slackToken = "SLACK_TOKEN=" + slacktest.Token

// build compiles the program once for all tests.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "huiying-test-")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "huiying")
	out, err := exec.Command("go", "build", "-o", bin, "huiying/cmd/huiying").CombinedOutput()
	if err != nil {
		return "", &os.PathError{Op: string(out), Path: bin, Err: err}
	}
	return bin, nil
})

func TestMain(m *testing.M) {
	flag.Parse()
	if *daemonConfig != "" {
		os.Exit(daemon())
	}
	code := m.Run()
	if bin, err := build(); err == nil {
		_ = os.RemoveAll(filepath.Dir(bin))
	}
	os.Exit(code)
}

func program(t *testing.T) string {
	t.Helper()
	bin, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// start runs the program. A test that fails half-way leaves none running.
func start(t *testing.T, args ...string) (cmd *exec.Cmd, log *proctest.Output, ended chan error) {
	t.Helper()
	return startIn(t, []string{slackToken}, args...)
}

// startIn is start with variables of the environment.
func startIn(t *testing.T, env []string, args ...string) (cmd *exec.Cmd, log *proctest.Output, ended chan error) {
	t.Helper()
	return startBinary(t, program(t), env, args...)
}

// startBinary runs a program of any path.
func startBinary(t *testing.T, path string, env []string, args ...string) (cmd *exec.Cmd, log *proctest.Output, ended chan error) {
	t.Helper()
	log = new(proctest.Output)
	cmd = exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(os.Environ(), env...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended = make(chan error, 1)
	gone := make(chan struct{})
	go func() {
		ended <- cmd.Wait()
		close(gone)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-gone
	})
	return cmd, log, ended
}

// terminate asks the program to end and fails the test if it does not within 5 s.
func terminate(t *testing.T, cmd *exec.Cmd, log *proctest.Output, ended chan error) {
	t.Helper()
	stop(t, cmd, syscall.SIGTERM, log, ended)
}

// stop is terminate with any signal.
func stop(t *testing.T, cmd *exec.Cmd, signal syscall.Signal, log *proctest.Output, ended chan error) {
	t.Helper()
	_ = cmd.Process.Signal(signal)
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("ended with %v:\n%s", err, log)
		}
	case <-time.After(5 * time.Second):
		_ = cmd.Process.Kill()
		<-ended
		t.Errorf("did not end within 5 s of %v:\n%s", signal, log)
	}
}

// huiying runs the program to its end.
func huiying(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(program(t), args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Env = append(os.Environ(), slackToken)
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// configure writes a configuration: the shipped organisation and rules, and the
// given huiying.yaml and sources.yaml.
func configure(t *testing.T, settings, sources string) (path string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, configs.FS); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		name = filepath.Join(dir, name)
		_ = os.Remove(name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("huiying.yaml", settings)
	write("sources.yaml", sources)
	organisation, err := os.ReadFile(filepath.Join(dir, "organisation.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	write("organisation.yaml", strings.ReplaceAll(string(organisation), "target: 控制台", "target: slack"))
	return filepath.Join(dir, "huiying.yaml")
}
