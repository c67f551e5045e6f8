package page

import (
	"context"
	"fmt"
	"strconv"

	"huiying/crawler"
)

// page reads one list with its further pages, or a newspaper's day with its pages.
func (rd *round) page(ctx context.Context, r crawler.Round, template string) error {
	now := rd.o.Now()
	at := fill(template, now)
	l, err := rd.list(ctx, at)
	if err != nil && at != template && notYet(err, now) && ctx.Err() == nil {
		// Until today's paper is out, yesterday's may still have what we missed.
		rd.note(ctx, "今天的版面还没有发布", at, err)
		at = fill(template, now.AddDate(0, 0, -1))
		l, err = rd.list(ctx, at)
		if err != nil && notYet(err, now) {
			rd.read++
			rd.same++
			return ctx.Err()
		}
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		rd.failed = err
		rd.note(ctx, "列表页", at, err)
		return nil
	}
	rd.read++
	if l.unchanged {
		rd.same++
		return nil
	}
	f, err := rd.follow(ctx, r, l)
	if err != nil {
		return err
	}
	if at != template {
		more, err := rd.nodes(ctx, r, l.nodes)
		if err != nil {
			return err
		}
		f.complete = f.complete && more
	} else {
		whole, err := rd.further(ctx, r, l, f, rd.past.owes(at))
		if err != nil {
			return err
		}
		f.complete = rd.past.settle(at, whole) && f.complete
	}
	if f.complete {
		rd.remember(ctx, l)
	}
	return nil
}

// further reads the next pages of a list while they may hold what was missed: as
// long as nothing on a page was known, or all of them where a round before left some
// unread. It tells whether all that they name is stored.
func (rd *round) further(ctx context.Context, r crawler.Round, l *list, f followed, owed bool) (bool, error) {
	whole := true
	seen := map[string]bool{l.url: true}
	for n := 1; n < rd.o.MaxPages && l.next != "" && !seen[l.next] && len(l.links) > 0 && (f.known == 0 || owed); n++ {
		if rd.left <= 0 {
			rd.report.More = true
			return false, nil
		}
		at := l.next
		seen[at] = true
		next, err := rd.list(ctx, at)
		switch {
		case ctx.Err() != nil:
			return false, ctx.Err()
		case err != nil:
			rd.note(ctx, "列表第"+strconv.Itoa(n+1)+"页", at, err)
			return whole && (permanent(err) || missing(err)), nil
		case next.unchanged:
			return whole, nil
		}
		if f, err = rd.follow(ctx, r, next); err != nil {
			return false, err
		}
		whole = whole && f.complete
		l = next
	}
	return whole, nil
}

// maxNodes is how many pages a newspaper's day may have; large ones have 40.
const maxNodes = 64

// nodes reads the further pages of a newspaper's day and tells whether all that
// they name is stored.
func (rd *round) nodes(ctx context.Context, r crawler.Round, addresses []string) (bool, error) {
	complete := true
	for _, at := range addresses[:min(len(addresses), maxNodes)] {
		if rd.left == 0 {
			rd.report.More = true
			return false, nil
		}
		l, err := rd.list(ctx, at)
		switch {
		case ctx.Err() != nil:
			return false, ctx.Err()
		case err != nil:
			rd.note(ctx, "版面", at, err)
			complete = complete && permanent(err)
			continue
		case l.unchanged:
			continue
		}
		f, err := rd.follow(ctx, r, l)
		if err != nil {
			return false, err
		}
		if f.complete {
			rd.remember(ctx, l)
		}
		complete = complete && f.complete
	}
	return complete, nil
}

// list reads a list page; a captcha or log-in page in its place is an error.
func (rd *round) list(ctx context.Context, at string) (*list, error) {
	l, err := rd.web.list(at)
	if err != nil || l.unchanged || ctx.Err() != nil {
		return l, asBlocked(err)
	}
	if len(l.links) == 0 {
		if w := barrierOf(l.text, at, l.url); w != "" {
			return nil, &crawler.TroubleError{Trouble: crawler.Blocked, Reason: w.Chinese(), Err: fmt.Errorf("list page %s is a %s page", at, w)}
		}
	}
	return l, nil
}

// followed says what became of the links of one list.
type followed struct {
	// complete is true when every article is stored, or never can be.
	complete bool
	// known counts the links that were stored before.
	known int
}

// follow reads the articles of one list page that are new to us.
func (rd *round) follow(ctx context.Context, r crawler.Round, l *list) (followed, error) {
	f := followed{complete: true}
	rd.report.Items += len(l.links)
	urls := make([]string, 0, len(l.links))
	for _, k := range l.links {
		urls = append(urls, k.url)
	}
	known, err := r.Known(ctx, urls)
	if err != nil {
		return f, fmt.Errorf("which articles of source %q are known: %w", rd.o.Source.ID, err)
	}
	for _, k := range l.links {
		if known[k.url] {
			f.known++
			continue
		}
		if rd.done[k.url] {
			continue
		}
		if a, failed := rd.past.failed(k.url); failed {
			rd.done[k.url] = true
			f.complete = rd.later(k, a) && f.complete
			continue
		}
		if rd.left == 0 {
			f.complete, rd.report.More = false, true
			continue
		}
		rd.left--
		rd.done[k.url] = true
		if err := rd.try(ctx, k); err != nil {
			if rd.ends(ctx, err) {
				return f, err
			}
			f.complete = f.complete && permanent(err)
		}
	}
	return f, nil
}

// failedArticle counts an article that should have become a post.
func (rd *round) failedArticle(err error) {
	if permanent(err) {
		return
	}
	rd.report.Failed++
	if crawler.TroubleOf(err) == crawler.Blocked {
		rd.barriers++
	}
}

func (rd *round) remember(ctx context.Context, l *list) {
	if err := rd.o.Client.Remember(ctx, l.url, l.header); err != nil {
		// The posts are stored; the next round merely reads the list in full.
		rd.o.Log.WarnContext(ctx, "validators not remembered", "source", rd.o.Source.ID, "error", err)
	}
}
