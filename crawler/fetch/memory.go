package fetch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Validators are what a server gave to ask it later whether a page has changed.
type Validators struct {
	ETag, LastModified string
}

// Memory keeps validators by URL. Implementations are safe for concurrent use.
type Memory interface {
	// Load reports false when nothing is kept for the URL.
	Load(ctx context.Context, url string) (Validators, bool, error)
	Save(ctx context.Context, url string, v Validators) error
}

var _ Memory = (*SQLMemory)(nil)

// SQLMemory keeps validators in the table validators, on SQLite or PostgreSQL.
type SQLMemory struct {
	db  bun.IDB
	now func() time.Time
}

// NewSQLMemory keeps validators in db. Now defaults to time.Now.
func NewSQLMemory(db bun.IDB, now func() time.Time) *SQLMemory {
	if now == nil {
		now = time.Now
	}
	return &SQLMemory{db: db, now: now}
}

// Load gives what was kept for the URL.
func (m *SQLMemory) Load(ctx context.Context, url string) (Validators, bool, error) {
	var v Validators
	err := m.db.NewRaw(`SELECT etag, last_modified FROM validators WHERE url = ?`, url).
		Scan(ctx, &v.ETag, &v.LastModified)
	if errors.Is(err, sql.ErrNoRows) {
		return Validators{}, false, nil
	}
	if err != nil {
		return Validators{}, false, fmt.Errorf("load validators: %w", err)
	}
	return v, true, nil
}

// Save keeps v for the URL in place of what was kept before.
func (m *SQLMemory) Save(ctx context.Context, url string, v Validators) error {
	_, err := m.db.NewRaw(`INSERT INTO validators (url, etag, last_modified, seen_at) VALUES (?, ?, ?, ?)
ON CONFLICT (url) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified, seen_at = excluded.seen_at`,
		url, v.ETag, v.LastModified, m.now().UTC()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("save validators: %w", err)
	}
	return nil
}

// scoped keeps the validators of one source apart from those of others.
type scoped struct {
	memory Memory
	source string
}

func (s scoped) Load(ctx context.Context, url string) (Validators, bool, error) {
	return s.memory.Load(ctx, s.source+" "+url)
}

func (s scoped) Save(ctx context.Context, url string, v Validators) error {
	return s.memory.Save(ctx, s.source+" "+url, v)
}
