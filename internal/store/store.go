// Package store keeps the truth: one SQL database, SQLite by default or
// PostgreSQL, reached through the same queries, with the jobs that will act on
// it. It knows how rows are written, not what they mean.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // The driver of the embedded default.
)

// The drivers.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

//go:embed migrations/*/*.sql
var migrations embed.FS

// ErrNewer says that a newer huiying has written the database. Nothing was changed in it.
var ErrNewer = errors.New("the database belongs to a newer huiying")

// Options say where the database is.
type Options struct {
	// Driver is SQLite or Postgres. Defaults to SQLite.
	Driver string
	// Path is the SQLite file; its directory is made if need be.
	Path string
	// URL is the PostgreSQL connection string. It may hold a password and never
	// appears in an error.
	URL string
	// Log defaults to none.
	Log *slog.Logger
}

// Tx is a transaction. It must not be used after the function it was given to returns.
type Tx = bun.Tx

// Conn is the database or a transaction on it, whichever a reader was given.
type Conn = bun.IDB

// DB is the open database.
type DB struct {
	driver string
	path   string
	write  *bun.DB
	read   *bun.DB
	pool   *pgxpool.Pool // PostgreSQL only: LISTEN connections of the jobs
	river  riverdriver.Driver[*sql.Tx]
	log    *slog.Logger
	jobs   *Jobs
	// version is SQLite's data_version when ChangedElsewhere last looked.
	version atomic.Int64
}

// Open opens the database, brings its tables up to date and returns it. Close it
// after use.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	db := &DB{driver: o.Driver, path: o.Path, log: o.Log}
	var err error
	switch o.Driver {
	case SQLite, "":
		db.driver = SQLite
		err = db.openSQLite(o.Path)
	case Postgres:
		err = db.openPostgres(ctx, o.URL)
	default:
		return nil, fmt.Errorf("open store: unknown driver %q; use %s or %s", o.Driver, SQLite, Postgres)
	}
	if err == nil {
		err = db.migrate(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open store (%s): %w", db.driver, err), db.Close())
	}
	return db, nil
}

func (db *DB) openSQLite(path string) error {
	if path == "" {
		return errors.New("no path; set storage.path in huiying.yaml")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	pragmas := url.Values{
		"_pragma":      {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"},
		"_time_format": {"sqlite"},
	}
	file := "file:" + (&url.URL{Path: path}).EscapedPath()

	// One writer: SQLite takes one at a time anyway, and queueing in the pool
	// is fair where its busy loop is not.
	pragmas.Set("_txlock", "immediate")
	write, err := sql.Open("sqlite", file+"?"+pragmas.Encode())
	if err != nil {
		return err
	}
	write.SetMaxOpenConns(1)
	db.write = bun.NewDB(write, sqlitedialect.New())
	db.river = riversqlite.New(write)

	// Readers of their own: under _txlock=immediate a read would take the
	// write lock.
	pragmas.Del("_txlock")
	pragmas.Add("_pragma", "query_only(1)")
	read, err := sql.Open("sqlite", file+"?"+pragmas.Encode())
	if err != nil {
		return err
	}
	read.SetMaxOpenConns(4)
	db.read = bun.NewDB(read, sqlitedialect.New())
	return nil
}

func (db *DB) openPostgres(ctx context.Context, dsn string) error {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		// The parser's error repeats the connection string, password included.
		return errors.New("storage.url is not a PostgreSQL connection string; write postgres://user:password@host:5432/huiying")
	}
	sqldb := stdlib.OpenDB(*cfg.ConnConfig.Copy(), stdlib.OptionAfterConnect(timesInUTC))
	sqldb.SetMaxOpenConns(8)
	db.write = bun.NewDB(sqldb, pgdialect.New())
	db.read = db.write
	cfg.MaxConns = 2
	if db.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	db.river = riverdatabasesql.NewWithPgxListener(sqldb, db.pool)
	if err := sqldb.PingContext(ctx); err != nil {
		return fmt.Errorf("connect to %s:%d: %w", cfg.ConnConfig.Host, cfg.ConnConfig.Port, err)
	}
	return nil
}

// timesInUTC lets times be read in UTC, as SQLite gives them, and not in the zone that
// the machine is set to.
func timesInUTC(_ context.Context, conn *pgx.Conn) error {
	conn.TypeMap().RegisterType(&pgtype.Type{
		Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
	return nil
}

func (db *DB) migrate(ctx context.Context) (err error) {
	unlock, err := db.migrateAlone(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	dialect := goose.DialectSQLite3
	if db.driver == Postgres {
		dialect = goose.DialectPostgres
	}
	files, err := fs.Sub(migrations, "migrations/"+db.driver)
	if err != nil {
		return err
	}
	steps, err := goose.NewProvider(dialect, db.write.DB, files)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	switch have, known, err := steps.GetVersions(ctx); {
	case err != nil:
		return fmt.Errorf("migrate: %w", err)
	case have > known:
		return fmt.Errorf("%w: its schema is version %d, this program knows up to %d; "+
			"run the newer program, or restore a backup made before it first ran", ErrNewer, have, known)
	}
	if _, err := steps.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	jobs, err := rivermigrate.New(db.river, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	if _, err := jobs.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	return nil
}

// migrateAlone waits until no other program makes the tables: two may open a new
// database at once.
func (db *DB) migrateAlone(ctx context.Context) (unlock func() error, err error) {
	if db.driver == SQLite {
		lock, err := waitForFile(db.path + ".migrate")
		if err != nil {
			return nil, err
		}
		return lock.Close, nil
	}
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(hashtext('huiying migrate'))"); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(hashtext('huiying migrate'))")
		return errors.Join(err, conn.Close())
	}, nil
}

// Close lets go of the database. Stop the jobs first.
func (db *DB) Close() error {
	var errs []error
	if db.pool != nil {
		db.pool.Close()
	}
	if db.read != nil && db.read != db.write {
		errs = append(errs, db.read.Close())
	}
	if db.write != nil {
		errs = append(errs, db.write.Close())
	}
	return errors.Join(errs...)
}

// Driver is SQLite or Postgres.
func (db *DB) Driver() string { return db.driver }

// Reader answers queries; on SQLite it cannot write.
func (db *DB) Reader() *bun.DB { return db.read }

// Writer runs single statements outside a transaction. Inside Write use the
// transaction: on SQLite there is one connection, and waiting for a second
// would wait for ever.
func (db *DB) Writer() *bun.DB { return db.write }

// Write runs fn in one transaction and commits if it returns nil.
func (db *DB) Write(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	return db.write.RunInTx(ctx, nil, fn)
}

// Lock keeps other nodes out of a critical section until tx ends. On SQLite the
// transaction itself does.
func (db *DB) Lock(ctx context.Context, tx bun.Tx, name string) error {
	if db.driver != Postgres {
		return nil
	}
	_, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtext(?))", name)
	return err
}

// ChangedElsewhere reports whether another process may have written since it was
// last asked, in tx. On PostgreSQL the answer is always yes.
func (db *DB) ChangedElsewhere(ctx context.Context, tx bun.Tx) (bool, error) {
	if db.driver == Postgres {
		return true, nil
	}
	var now int64
	if err := tx.QueryRowContext(ctx, "PRAGMA data_version").Scan(&now); err != nil {
		return false, fmt.Errorf("look for changes by other processes: %w", err)
	}
	return db.version.Swap(now) != now, nil
}
