// Package pgtest starts a real PostgreSQL for tests: a server of its own on a
// unix socket, gone when the last test that uses it ends.
package pgtest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // The driver by which databases are made.
)

// Server is a running PostgreSQL.
type Server struct {
	dir  string
	n    atomic.Int32
	stop func()
}

// shared is the server that tests of one process use together: making one takes
// seconds, a database in it milliseconds.
var shared struct {
	sync.Mutex
	server *Server
	users  int
}

// Start returns a PostgreSQL that runs until the test ends. Where none is
// installed the test is skipped at a desk and fails when CI is set.
func Start(t *testing.T) *Server {
	t.Helper()
	bin := binDir(t)
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		shared.server = start(t, bin)
	}
	shared.users++
	t.Cleanup(func() {
		shared.Lock()
		defer shared.Unlock()
		if shared.users--; shared.users == 0 {
			shared.server.stop()
			shared.server = nil
		}
	})
	return shared.server
}

func start(t *testing.T, bin string) *Server {
	t.Helper()
	// Not t.TempDir: PostgreSQL refuses to run as root, and the user it runs as
	// instead may not enter root's directories. Also keeps the socket path short.
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{dir: dir, stop: func() { _ = os.RemoveAll(dir) }}
	ready := false
	defer func() {
		if !ready {
			s.stop()
		}
	}()
	cred := credential(t, dir)
	data := filepath.Join(dir, "data")
	// C collation makes initdb quick; sync is of no use to a test.
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "huiying", "-A", "trust",
		"-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
	initdb.SysProcAttr = cred
	initdb.Dir = dir
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	logs, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer logs.Close()
	server := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-h", "",
		"-c", "fsync=off", "-c", "max_connections=200", "-c", "shared_buffers=32MB")
	server.SysProcAttr = cred
	server.Dir = dir
	server.Stdout, server.Stderr = logs, logs
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	s.stop = func() {
		_ = server.Process.Signal(syscall.SIGQUIT) // immediate shutdown
		_ = server.Wait()
		_ = os.RemoveAll(dir)
	}
	s.await(t)
	ready = true
	return s
}

func (s *Server) await(t *testing.T) {
	t.Helper()
	db, err := sql.Open("pgx", s.dsn("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for end := time.Now().Add(20 * time.Second); ; {
		if err = db.PingContext(t.Context()); err == nil {
			return
		}
		if time.Now().After(end) {
			out, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			t.Fatalf("PostgreSQL does not answer: %v\n%s", err, out)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Database makes an empty database and returns its connection string.
func (s *Server) Database(t *testing.T) string {
	t.Helper()
	db, err := sql.Open("pgx", s.dsn("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	name := fmt.Sprintf("test%d", s.n.Add(1))
	if _, err := db.ExecContext(context.Background(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return s.dsn(name)
}

func (s *Server) dsn(name string) string {
	return fmt.Sprintf("postgres://huiying@/%s?host=%s", name, s.dir)
}

// credential makes dir writable for the user PostgreSQL may run as: ourselves,
// or the package's user when we are root.
func credential(t *testing.T, dir string) *syscall.SysProcAttr {
	t.Helper()
	if os.Geteuid() != 0 {
		return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Fatalf("running as root, and PostgreSQL will not; there is no user postgres to run it as: %v", err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	return &syscall.SysProcAttr{
		Pdeathsig:  syscall.SIGKILL,
		Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)},
	}
}

func binDir(t *testing.T) string {
	t.Helper()
	if p, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(p)
	}
	// Debian keeps the server's programs out of PATH.
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	if os.Getenv("CI") != "" {
		t.Fatal("PostgreSQL is not installed: apt-get install postgresql")
	}
	t.Skip("PostgreSQL is not installed: apt-get install postgresql")
	return ""
}
