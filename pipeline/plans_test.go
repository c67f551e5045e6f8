package pipeline_test

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/store/views"
	"huiying/response"
)

// overhear keeps the queries that read or change rows.
type overhear struct {
	mu   sync.Mutex
	said map[string]string // an example by shape
}

func (*overhear) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (o *overhear) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	q := strings.TrimSpace(e.Query)
	if !strings.HasPrefix(q, "SELECT") && !strings.HasPrefix(q, "UPDATE") && !strings.HasPrefix(q, "DELETE") && !strings.HasPrefix(q, "WITH") {
		return
	}
	shape := regexp.MustCompile(`'(?:[^']|'')*'|\d+`).ReplaceAllString(q, "?")
	o.mu.Lock()
	defer o.mu.Unlock()
	o.said[shape] = q
}

// TestNoBatchReadsAWholeTable: after a year there are millions of posts, and a query
// without an index holds the watch up at every batch.
func TestNoBatchReadsAWholeTable(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, open func() *fixture) {
		h := open()
		o := &overhear{said: map[string]string{}}
		h.db.Writer().AddQueryHook(o) //nolint:staticcheck // WithQueryHook makes another handle, which the store would not use.
		h.db.Reader().AddQueryHook(o) //nolint:staticcheck // As above.
		everything(t, h)
		if len(o.said) < 30 {
			t.Fatalf("%d queries overheard: the test sees nothing", len(o.said))
		}
		for _, q := range o.said {
			lines := plan(t, h.db, q)
			for i, line := range lines {
				// PostgreSQL may read an index from end to end instead.
				whole := bigIndex.MatchString(line) && !strings.Contains(lines[0], "Limit") &&
					(i+1 == len(lines) || !strings.Contains(lines[i+1], "Index Cond"))
				if big.MatchString(line) || whole {
					t.Errorf("reads a whole table: %s\n%s", strings.Join(lines, "\n"), q)
				}
			}
		}
	})
}

// The tables that grow for ever, read from end to end: in SQLite's words and in
// PostgreSQL's.
var (
	big      = regexp.MustCompile(`(?:^SCAN|Seq Scan on) "?` + grows)
	bigIndex = regexp.MustCompile(`Index (?:Only )?Scan .* on ` + grows)
)

const grows = `(?:posts?|events?|deliver(?:y|ies)|notices?|revisions?|cases?|clocks?|links?|acks?|offers?|escalations?|other)\b`

// plan explains a query; PostgreSQL is told that reading a whole table is dear, as it
// is once there are rows.
func plan(t *testing.T, db *store.DB, q string) (lines []string) {
	t.Helper()
	explain := "EXPLAIN QUERY PLAN "
	if db.Driver() == store.Postgres {
		explain = "EXPLAIN "
	}
	err := db.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		if db.Driver() == store.Postgres {
			if _, err := tx.ExecContext(ctx, "SET LOCAL enable_seqscan = off"); err != nil {
				return err
			}
		}
		rows, err := tx.QueryContext(ctx, explain+strings.ReplaceAll(q, "?", "??"))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		for rows.Next() {
			values := make([]any, len(columns))
			var line string
			for i := range values {
				values[i] = new(any)
			}
			values[len(values)-1] = &line
			if err := rows.Scan(values...); err != nil {
				return err
			}
			lines = append(lines, line)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	return lines
}

// everything is one of each thing that happens to posts.
func everything(t *testing.T, h *fixture) {
	t.Helper()
	one := h.process(t, newPost("a", "http://a/1", flood))[0]
	h.process(t, newPost("b", "http://b/1", flood), newPost("c", "http://c/1", "据报道，"+flood))
	changed := newPost("a", "http://a/1", strings.Replace(flood, "3人被困", "12人被困", 1))
	h.process(t, changed)
	for _, text := range []string{"壶关县某小区暖气不热第一家", "壶关县城东暖气不热已经三天", "壶关县实验小学旁不热没人管", "变压器跳闸两小时还没来电"} {
		h.process(t, newPost("d", "http://d/"+text, text))
	}
	h.process(t, answer("关于某矿透水的情况通报："+flood))
	two := h.process(t, newPost("e", "http://e/1", another))[0]
	h.pass(time.Minute)
	if _, err := h.editor().Merge(t.Context(), one.Event.ID, two.Event.ID, "值班员"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.editor().Split(t.Context(), two.Post.ID, "值班员"); err != nil {
		t.Fatal(err)
	}
	h.process(t, newPost("f", "http://f/1", another))
	for _, source := range []string{"a", "b"} {
		if _, err := post.KnownURLs(t.Context(), h.db.Reader(), source, []string{"http://a/1"}); err != nil {
			t.Fatal(err)
		}
		if _, err := post.CountOfSource(t.Context(), h.db.Reader(), source, h.clock().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		if _, err := views.ArticlesWaiting(t.Context(), h.db.Reader(), source, string(response.Open), h.clock().Add(-time.Hour), 10); err != nil {
			t.Fatal(err)
		}
	}
}
