package page

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"huiying/crawler"
	"huiying/crawler/extract"
	"huiying/crawler/fetch"
	"huiying/internal/post"
	"huiying/internal/zh"
)

// storeError is a failure to hand a post on. It ends the round: the fault is
// ours, and the articles must not be taken as read.
type storeError struct{ err error }

func (e *storeError) Error() string { return e.err.Error() }
func (e *storeError) Unwrap() error { return e.err }

// maxParts bounds the pages of one article.
const maxParts = 10

// article fetches one article with its further pages, extracts it and hands it
// on. An article that the server says is unchanged is done.
func (rd *round) article(ctx context.Context, k link, again bool) error {
	a, err := rd.web.article(k.url)
	if err != nil {
		return asBlocked(err)
	}
	if a.unchanged {
		return nil
	}
	got, err := rd.extract(ctx, a, "")
	if err == nil || got.Barrier != "" {
		if w := got.Barrier; w != "" || got.Body == "" && movedToBarrier(k.url, a.url) {
			if w == "" {
				w = extract.Login
			}
			return &crawler.TroubleError{Trouble: crawler.Blocked, Reason: w.Chinese(), Err: fmt.Errorf("article %s is a %s page", k.url, w)}
		}
	}
	if err != nil {
		return err
	}
	if err := fetch.CheckText(k.url, a.text); err != nil {
		rd.note(ctx, k.name(), k.url, err)
		rd.garbled++
	}
	rd.join(ctx, k, a.url, &got)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := rd.emit(ctx, []post.Post{rd.post(k, got)}); err != nil {
		return &storeError{fmt.Errorf("store an article of source %q: %w", rd.o.Source.ID, err)}
	}
	rd.got++
	if !again {
		// Only an article that is read again needs validators; before that a
		// 304 could stand in for a post we do not have.
		return nil
	}
	if err := rd.o.Client.Remember(ctx, a.url, a.header); err != nil {
		rd.o.Log.WarnContext(ctx, "validators not remembered", "source", rd.o.Source.ID, "error", err)
	}
	return nil
}

// join adds the further pages of an article in their order, without the
// paragraphs that they repeat. A page that cannot be read is noted, and what was
// read until then goes on its way: half a report now is better than none.
func (rd *round) join(ctx context.Context, k link, first string, got *extract.Article) {
	have := map[string]bool{}
	for line := range strings.SplitSeq(got.Body, "\n") {
		have[line] = true
	}
	seen := map[string]bool{first: true}
	next := *got
	for n := 2; n <= maxParts && next.Next != "" && !seen[next.Next] && len(got.Body) < maxJoined; n++ {
		at, whole := next.Next, next.Whole
		seen[at] = true
		a, err := rd.web.article(at)
		if err == nil && a.unchanged {
			return
		}
		if err == nil {
			next, err = rd.extract(ctx, a, first)
		}
		if err == nil && next.Barrier != "" {
			err = &crawler.TroubleError{Trouble: crawler.Blocked, Reason: next.Barrier.Chinese()}
		}
		if err != nil {
			if ctx.Err() == nil {
				rd.note(ctx, k.name()+"第"+strconv.Itoa(n)+"页", at, err)
			}
			return
		}
		if whole {
			if len(next.Body) > len(got.Body) {
				got.Body = next.Body
			}
			return
		}
		for line := range strings.SplitSeq(next.Body, "\n") {
			if !have[line] {
				have[line] = true
				got.Body += "\n" + line
			}
		}
	}
}

// maxJoined is how long a joined article may become, in bytes.
const maxJoined = 1 << 20

// extract reads an article's text once the memory gate admits it.
func (rd *round) extract(ctx context.Context, a *article, first string) (got extract.Article, err error) {
	release, err := rd.o.Client.Reserve(ctx, len(a.text))
	if err != nil {
		return got, err
	}
	defer release()
	defer recoverTo(&err)
	got, err = extract.Read(a.text, a.url, extract.Options{
		TitleSelector: rd.o.Title, BodySelector: rd.o.Body, DateSelector: rd.o.Date, OriginSelector: rd.o.Origin,
		ReadsSelector: rd.o.Reads,
		First:         first, Now: rd.o.Now(),
	})
	if err != nil {
		err = &empty{err}
	}
	return got, err
}

func (rd *round) post(k link, got extract.Article) post.Post {
	p := rd.o.Source.NewPost()
	p.ID = post.NewID(p.Source, k.url)
	p.URL = k.url
	p.Title = got.Title
	if p.Title == "" {
		p.Title = k.text
	}
	p.Body = got.Body
	p.Origin, p.Reads = got.Origin, got.Reads
	p.Published = got.Published
	if p.Published.IsZero() {
		p.Published = k.published
	}
	return p
}

// note notes in one line of Chinese what could not be read.
func (rd *round) note(ctx context.Context, what, at string, err error) {
	rd.report.Skipped = append(rd.report.Skipped, what+" "+at+": "+chinese(err))
	rd.o.Log.WarnContext(ctx, "page skipped", "source", rd.o.Source.ID, "url", at, "error", err)
}

// empty says that a page was read and holds no text.
type empty struct{ err error }

func (e *empty) Error() string { return e.err.Error() }
func (e *empty) Unwrap() error { return e.err }

func chinese(err error) string {
	var (
		told interface{ Chinese() string }
		em   *empty
	)
	switch {
	case errors.As(err, &told):
		return told.Chinese()
	case errors.As(err, &em):
		return "页面里没有读到文字，可能要用浏览器才能打开，或者内容是图片。请人工打开核对。"
	case errors.As(err, new(*panicError)):
		return "页面内容异常，程序没能读懂，已跳过。请把网址告诉维护人员。"
	}
	return "没有读到，稍后自动再试。"
}

// permanent tells whether reading an article again would fail the same way, so
// that it need not keep its list page from being remembered.
func permanent(err error) bool {
	var fe *fetch.Error
	return errors.As(err, &fe) && (fe.Kind == fetch.Robots || fe.Kind == fetch.NotText || fe.Kind == fetch.BadURL)
}

// noon is when a newspaper's page of the day must be out.
const noon = 12

// notYet tells whether today's page of a newspaper merely has not appeared.
func notYet(err error, now time.Time) bool {
	return missing(err) && now.In(zh.Beijing()).Hour() < noon
}

// missing tells whether there is no such page.
func missing(err error) bool {
	var fe *fetch.Error
	return errors.As(err, &fe) && fe.Status == http.StatusNotFound
}
