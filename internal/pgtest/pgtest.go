// Package pgtest starts a real PostgreSQL for tests: a server of its own on a
// unix socket, gone when the process of the tests ends.
package pgtest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
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
	dir   string
	n     atomic.Int32
	alive *os.File // closes with the process; see stopWithUs

	mu       sync.Mutex
	template string // what Copy copies, once it is made
}

// shared is the server that tests of one process use together: making one takes
// seconds, a database in it milliseconds.
var shared struct {
	sync.Mutex
	server *Server
}

// Start returns a PostgreSQL that runs until the process ends, however it ends.
// Where none is installed the test is skipped at a desk and fails when CI is set.
func Start(t *testing.T) *Server {
	t.Helper()
	bin := binDir(t)
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		shared.server = start(t, bin)
	}
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
	s := &Server{dir: dir}
	running := false
	defer func() {
		if !running {
			_ = os.RemoveAll(dir)
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
	if s.alive, err = stopWithUs(server.Process.Pid, dir); err != nil {
		_ = server.Process.Kill()
		_ = server.Wait()
		t.Fatal(err)
	}
	running = true
	s.await(t)
	return s
}

// stopWithUs sees that the server and its files are gone soon after this process,
// killed or not: a shell waits for the pipe, whose other end only we hold, to close.
// It gives the server two seconds.
func stopWithUs(pid int, dir string) (alive *os.File, err error) {
	end, alive, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer end.Close()
	// QUIT is PostgreSQL's immediate shutdown.
	watch := exec.Command("sh", "-c", `read -r _
kill -QUIT "$0"
n=0; while [ -e "$1/data/postmaster.pid" ] && [ $n -lt 20 ]; do sleep 0.1; n=$((n+1)); done
rm -rf "$1"`, strconv.Itoa(pid), dir)
	watch.Stdin = end
	watch.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // outlives a Ctrl-C for the tests
	return alive, watch.Start()
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
	return s.dsn(s.create(t, ""))
}

// Copy makes a database as furnish leaves one, and returns its connection string.
// Only the first call on a server furnishes; furnish leaves no connection open.
func (s *Server) Copy(t *testing.T, furnish func(url string) error) string {
	t.Helper()
	s.mu.Lock() // PostgreSQL makes one copy of a database at a time
	defer s.mu.Unlock()
	if s.template == "" {
		name := s.create(t, "")
		if err := furnish(s.dsn(name)); err != nil {
			t.Fatal(err)
		}
		s.template = name
	}
	return s.dsn(s.create(t, " TEMPLATE "+s.template))
}

// Dump is the database of a connection string as SQL, one INSERT a row.
func (s *Server) Dump(t *testing.T, url string) string {
	t.Helper()
	program, err := exec.LookPath("pg_dump") // a client's program: Debian puts it in PATH
	if err != nil {
		program = filepath.Join(binDir(t), "pg_dump")
	}
	out, err := exec.Command(program, "--inserts", "--no-owner", "--no-privileges", url).Output()
	if err != nil {
		t.Fatalf("pg_dump: %v", err)
	}
	// Its commands to psql, of which the server knows nothing.
	return regexp.MustCompile(`(?m)^\\.*\n`).ReplaceAllString(string(out), "")
}

// Restore makes a database from a dump and returns its connection string.
func (s *Server) Restore(t *testing.T, dump string) string {
	t.Helper()
	url := s.Database(t)
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), dump); err != nil {
		t.Fatalf("restore: %v", err)
	}
	return url
}

func (s *Server) create(t *testing.T, like string) (name string) {
	t.Helper()
	db, err := sql.Open("pgx", s.dsn("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	name = fmt.Sprintf("test%d", s.n.Add(1))
	if _, err := db.ExecContext(context.Background(), "CREATE DATABASE "+name+like); err != nil {
		t.Fatal(err)
	}
	return name
}

func (s *Server) dsn(name string) string {
	return fmt.Sprintf("postgres://huiying@/%s?host=%s", name, s.dir)
}

// credential makes dir writable for the user PostgreSQL may run as: ourselves,
// or the package's user when we are root.
func credential(t *testing.T, dir string) *syscall.SysProcAttr {
	t.Helper()
	if os.Geteuid() != 0 {
		return &syscall.SysProcAttr{}
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
