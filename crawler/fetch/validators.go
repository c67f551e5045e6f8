package fetch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
)

// Validators are what a server gave to ask it later whether a page has changed.
type Validators struct {
	ETag, LastModified string
}

// ValidatorStore keeps validators by URL. Implementations are safe for concurrent use.
type ValidatorStore interface {
	// Load reports false when nothing is kept for the URL.
	Load(ctx context.Context, url string) (Validators, bool, error)
	Save(ctx context.Context, url string, v Validators) error
}

var _ ValidatorStore = (*SQLValidators)(nil)

// SQLValidators keeps validators in the table validators, on SQLite or PostgreSQL, and
// those in use at hand: a look-up for each poll would stand in line with all that
// writes. What another process has saved meanwhile it may not know; that costs one
// answer in full.
type SQLValidators struct {
	db  store.Conn
	now func() time.Time

	mu     sync.Mutex
	atHand map[string]Validators
	// waiting are validators to be saved by whoever saves at the moment: one
	// transaction for all that come meanwhile.
	waiting *batch
	busy    bool
}

// maxCached bounds the validators at hand; beyond it all are forgotten at once.
const maxCached = 20_000

// batch is one transaction's worth of validators.
type batch struct {
	rows map[string]Validators
	done chan struct{}
	err  error // once done is closed
}

// NewSQLValidators keeps validators in db. Now defaults to time.Now.
func NewSQLValidators(db store.Conn, now func() time.Time) *SQLValidators {
	if now == nil {
		now = time.Now
	}
	return &SQLValidators{db: db, now: now, atHand: map[string]Validators{}}
}

// Load gives what was kept for the URL.
func (m *SQLValidators) Load(ctx context.Context, url string) (Validators, bool, error) {
	m.mu.Lock()
	v, ok := m.atHand[url]
	m.mu.Unlock()
	if ok {
		return v, true, nil
	}
	err := m.db.NewRaw(`SELECT etag, last_modified FROM validators WHERE url = ?`, url).
		Scan(ctx, &v.ETag, &v.LastModified)
	if errors.Is(err, sql.ErrNoRows) {
		return Validators{}, false, nil
	}
	if err != nil {
		return Validators{}, false, fmt.Errorf("load validators: %w", err)
	}
	m.keep(map[string]Validators{url: v})
	return v, true, nil
}

func (m *SQLValidators) keep(rows map[string]Validators) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.atHand)+len(rows) > maxCached {
		clear(m.atHand)
	}
	maps.Copy(m.atHand, rows)
}

// Save keeps v for the URL in place of what was kept before, and returns once it is
// stored.
func (m *SQLValidators) Save(ctx context.Context, url string, v Validators) error {
	m.mu.Lock()
	if m.waiting == nil {
		m.waiting = &batch{rows: map[string]Validators{}, done: make(chan struct{})}
	}
	mine := m.waiting
	mine.rows[url] = v
	lead := !m.busy
	if lead {
		m.busy = true
	}
	m.mu.Unlock()
	if lead {
		m.write(context.WithoutCancel(ctx)) // others wait for it
	}
	select {
	case <-mine.done:
		return mine.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write saves what waits until nothing does.
func (m *SQLValidators) write(ctx context.Context) {
	for {
		m.mu.Lock()
		s := m.waiting
		if s == nil {
			m.busy = false
			m.mu.Unlock()
			return
		}
		m.waiting = nil
		m.mu.Unlock()
		if s.err = m.insert(ctx, s.rows); s.err == nil {
			m.keep(s.rows)
		}
		close(s.done)
	}
}

// validatorRow is a row of table validators.
type validatorRow struct {
	bun.BaseModel `bun:"table:validators"`

	URL          string    `bun:"url,pk"`
	ETag         string    `bun:"etag"`
	LastModified string    `bun:"last_modified"`
	SeenAt       time.Time `bun:"seen_at"`
}

func (m *SQLValidators) insert(ctx context.Context, all map[string]Validators) error {
	rows := make([]validatorRow, 0, len(all))
	for url, v := range all {
		rows = append(rows, validatorRow{URL: url, ETag: v.ETag, LastModified: v.LastModified, SeenAt: m.now().UTC()})
	}
	_, err := m.db.NewInsert().Model(&rows).On("CONFLICT (url) DO UPDATE").
		Set("etag = EXCLUDED.etag").Set("last_modified = EXCLUDED.last_modified").Set("seen_at = EXCLUDED.seen_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("save validators: %w", err)
	}
	return nil
}

// scoped keeps the validators of one source apart from those of others.
type scoped struct {
	memory ValidatorStore
	source string
}

func (s scoped) Load(ctx context.Context, url string) (Validators, bool, error) {
	return s.memory.Load(ctx, s.source+" "+url)
}

func (s scoped) Save(ctx context.Context, url string, v Validators) error {
	return s.memory.Save(ctx, s.source+" "+url, v)
}
