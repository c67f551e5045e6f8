package digest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/store"
	"huiying/internal/zh"
)

// ErrNotFound says that no digest of that day is stored.
var ErrNotFound = errors.New("no such digest")

// row is a stored digest.
type row struct {
	bun.BaseModel `bun:"table:digests,alias:digest"`

	Day       string    `bun:"day,pk"`
	Report    Report    `bun:"report,type:json"`
	CreatedAt time.Time `bun:"created_at"`
}

// Save stores r as the digest of its day, in place of an earlier one.
func Save(ctx context.Context, db store.Conn, r Report) error {
	_, err := db.NewInsert().Model(&row{Day: r.Day, Report: r, CreatedAt: r.At}).
		On("CONFLICT (day) DO UPDATE").
		Set("report = EXCLUDED.report").Set("created_at = EXCLUDED.created_at").
		Exec(ctx)
	if err != nil {
		return fmt.Errorf("save digest of %s: %w", r.Day, err)
	}
	return nil
}

// Load reads the digest of a day given as 2006-01-02. The error is ErrNotFound
// where none is stored.
func Load(ctx context.Context, db store.Conn, day string) (Report, error) {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return Report{}, fmt.Errorf("load digest of %q: %w", day, ErrNotFound)
	}
	var found row
	err := db.NewSelect().Model(&found).Where("digest.day = ?", day).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return Report{}, fmt.Errorf("load digest of %q: %w", day, err)
	}
	return found.Report, nil
}

// List reads the newest digests, newest first, at most limit.
func List(ctx context.Context, db store.Conn, limit int) ([]Report, error) {
	var rows []row
	if err := db.NewSelect().Model(&rows).Order("day DESC").Limit(int64(limit)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list digests: %w", err)
	}
	reports := make([]Report, len(rows))
	for i, r := range rows {
		reports[i] = r.Report
	}
	return reports, nil
}

// ahead is how many days a digest may lie ahead and still be believed: a clock that
// fell back a little finds told what it is about to tell. What lies further ahead was
// made while the clock was wrong.
const ahead = 7

// Last reads the newest digest up to the day of at, or at most a week after it where
// the clock was set back; false for none.
func Last(ctx context.Context, db store.Conn, at time.Time) (Report, bool, error) {
	var rows []row
	day := at.In(zh.Beijing()).AddDate(0, 0, ahead).Format(time.DateOnly)
	if err := db.NewSelect().Model(&rows).Where("day <= ?", day).Order("day DESC").Limit(1).Scan(ctx); err != nil {
		return Report{}, false, fmt.Errorf("read the last digest: %w", err)
	}
	if len(rows) == 0 {
		return Report{}, false, nil
	}
	return rows[0].Report, true, nil
}
