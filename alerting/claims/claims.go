// Package claims implements alerting.Claims in SQL and in Redis, and the way from
// the one to the other when Redis is down. A claim says who is at work; the
// database says what was done. Losing every claim costs time, never an alert.
package claims

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"

	"huiying/alerting"
)

const (
	// sweepEvery is how many claims go by between two clearings of those that dead
	// processes left, and keep how long such a claim stays readable.
	sweepEvery = 1000
	keep       = time.Hour
)

// SQL keeps claims in the table claims of SQLite or PostgreSQL. Each call is one
// statement. Nodes that share a database need clocks that agree to well within
// the times to live.
type SQL struct {
	db    *bun.DB
	now   func() time.Time
	count atomic.Int64
}

var _ alerting.Claims = (*SQL)(nil)

// NewSQL returns claims on the writing end of a database. A nil now is time.Now.
func NewSQL(db *bun.DB, now func() time.Time) *SQL {
	if now == nil {
		now = time.Now
	}
	return &SQL{db: db, now: now}
}

// Claim implements alerting.Claims.
func (s *SQL) Claim(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	now := s.now().UTC()
	res, err := s.db.NewRaw(`INSERT INTO claims (key, token, expires_at) VALUES (?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET token = excluded.token, expires_at = excluded.expires_at
		WHERE claims.token = excluded.token OR claims.expires_at <= ?`,
		key, token, now.Add(ttl), now).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("claim %s: %w", key, err)
	}
	rows, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("claim %s: %w", key, err)
	}
	if s.count.Add(1)%sweepEvery == 0 {
		if _, err := s.db.NewRaw(`DELETE FROM claims WHERE expires_at < ?`, now.Add(-keep)).Exec(ctx); err != nil {
			return rows == 1, fmt.Errorf("clear old claims: %w", err)
		}
	}
	return rows == 1, nil
}

// Release implements alerting.Claims.
func (s *SQL) Release(ctx context.Context, key, token string) error {
	if _, err := s.db.NewRaw(`DELETE FROM claims WHERE key = ? AND token = ?`, key, token).Exec(ctx); err != nil {
		return fmt.Errorf("release %s: %w", key, err)
	}
	return nil
}
