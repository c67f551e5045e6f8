package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"huiying/internal/post"
	"huiying/internal/store"
	"huiying/internal/verdict"
	"huiying/response"
)

// row is a post as it was last read, with the verdict on that text.
type row struct {
	bun.BaseModel `bun:"table:posts,alias:post"`

	ID         string           `bun:"id,pk"`
	Source     string           `bun:"source"`
	SourceName string           `bun:"source_name"`
	Channel    post.Channel     `bun:"channel"`
	Local      bool             `bun:"local"`
	URL        string           `bun:"url"`
	Title      string           `bun:"title"`
	Body       string           `bun:"body"`
	Origin     string           `bun:"origin"`
	Published  time.Time        `bun:"published,nullzero"`
	Happened   time.Time        `bun:"happened,nullzero"`
	FirstSeen  time.Time        `bun:"first_seen"`
	LastSeen   time.Time        `bun:"last_seen"`
	FirstRound bool             `bun:"first_round"`
	Official   bool             `bun:"official"`
	Revision   int              `bun:"revision"`
	TextHash   string           `bun:"text_hash"`
	EventID    string           `bun:"event_id,nullzero"`
	Handling   verdict.Handling `bun:"handling"`
	Category   verdict.Category `bun:"category"`
	Verdict    verdict.Verdict  `bun:"verdict,type:json"`
	Reads      int64            `bun:"reads"`
	Shares     int64            `bun:"shares"`
	Audience   int64            `bun:"audience"`
}

// reach is how far the post spread when it was last read.
func (r *row) reach() post.Reach {
	return post.Reach{Reads: r.Reads, Shares: r.Shares, Audience: r.Audience}
}

// revision is an earlier text of a post that changed.
type revision struct {
	bun.BaseModel `bun:"table:revisions,alias:revision"`

	PostID   string          `bun:"post_id,pk"`
	Revision int             `bun:"revision,pk"`
	Title    string          `bun:"title"`
	Body     string          `bun:"body"`
	Verdict  verdict.Verdict `bun:"verdict,type:json"`
	SeenAt   time.Time       `bun:"seen_at"`
}

// stored reads the rows of the given posts that are there already.
func stored(ctx context.Context, db store.Conn, ids []string) (map[string]*row, error) {
	var rows []*row
	err := db.NewSelect().Model(&rows).Where("id IN (?)", bun.List(ids)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read stored posts: %w", err)
	}
	byID := make(map[string]*row, len(rows))
	for _, r := range rows {
		byID[r.ID] = r
	}
	return byID, nil
}

// Known tells which of a source's URLs are stored.
func Known(ctx context.Context, db store.Conn, source string, urls []string) (map[string]bool, error) {
	known := make(map[string]bool, len(urls))
	if len(urls) == 0 {
		return known, nil
	}
	var have []string
	err := db.NewSelect().Model((*row)(nil)).Column("url").
		Where("source = ?", source).Where("url IN (?)", bun.List(urls)).Scan(ctx, &have)
	if err != nil {
		return nil, fmt.Errorf("look up known articles: %w", err)
	}
	for _, u := range have {
		known[u] = true
	}
	return known, nil
}

// Fresh counts the posts of a source that were seen for the first time since the
// given time.
func Fresh(ctx context.Context, db store.Conn, source string, since time.Time) (int, error) {
	n, err := db.NewSelect().Model((*row)(nil)).Where("source = ?", source).Where("first_seen >= ?", since).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count new posts of source %s: %w", source, err)
	}
	return int(n), nil
}

// Reread lists the articles of a source whose events wait for an answer and were
// added to since the given time: figures rise.
func Reread(ctx context.Context, db store.Conn, source string, since time.Time) ([]string, error) {
	var urls []string
	err := db.NewSelect().Model((*row)(nil)).ColumnExpr("post.url").
		Join("JOIN events AS event ON event.id = post.event_id").
		Where("post.source = ?", source).Where("post.url <> ''").
		Join("JOIN cases ON cases.event_id = event.id").
		Where("cases.status = ?", response.Open).Where("event.last_seen >= ?", since).
		GroupExpr("post.url").OrderExpr("max(event.last_seen) DESC, post.url").Limit(200).Scan(ctx, &urls)
	if err != nil {
		return nil, fmt.Errorf("list articles to read again: %w", err)
	}
	return urls, nil
}

// post is the row as it came from its source.
func (r *row) post() post.Post {
	return post.Post{
		ID: r.ID, Source: r.Source, SourceName: r.SourceName, Channel: r.Channel, Local: r.Local, URL: r.URL,
		Title: r.Title, Body: r.Body, Origin: r.Origin, Published: r.Published, FirstSeen: r.FirstSeen, FirstRound: r.FirstRound, Reach: r.reach(),
	}
}
