package page

import (
	"errors"
	"fmt"

	"huiying/crawler"
	"huiying/crawler/extract"
	"huiying/crawler/fetch"
)

// asBlocked names the answers by which firewalls ask a browser to prove itself; other
// errors stay as they are.
func asBlocked(err error) error {
	var fe *fetch.Error
	if !errors.As(err, &fe) {
		return err
	}
	switch fe.Status {
	case 412, 418, 468, 521, 567:
		// 412 and 521 are what Chinese firewalls send with a script to run.
		return &crawler.TroubleError{Trouble: crawler.Blocked, Reason: extract.Challenge.Chinese(), Err: err}
	}
	return err
}

// barrierOf tells what stands in place of a list page that names no article.
func barrierOf(text, asked, came string) (w extract.Barrier) {
	a, err := read(text, came)
	if err != nil && a.Barrier == "" && errors.As(err, new(*panicError)) {
		return ""
	}
	if a.Barrier == "" && movedToBarrier(asked, came) {
		return extract.Login
	}
	return a.Barrier
}

func read(text, at string) (a extract.Article, err error) {
	defer recoverTo(&err)
	a, err = extract.Read(text, at, extract.Options{})
	if err != nil {
		err = fmt.Errorf("look for a barrier: %w", err)
	}
	return a, err
}

// movedToBarrier tells whether a redirect led from a page to a log-in page.
func movedToBarrier(asked, came string) bool {
	return asked != came && extract.IsBarrierURL(came) && !extract.IsBarrierURL(asked)
}
