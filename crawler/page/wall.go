package page

import (
	"errors"
	"fmt"

	"huiying/crawler"
	"huiying/crawler/extract"
	"huiying/crawler/fetch"
)

// walled names the answers by which firewalls ask a browser to prove itself; other
// errors stay as they are.
func walled(err error) error {
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

// wallOf tells what stands in place of a list page that names no article.
func wallOf(text, asked, came string) (w extract.Wall) {
	a, err := read(text, came)
	if err != nil && a.Wall == "" && errors.As(err, new(*panicked)) {
		return ""
	}
	if a.Wall == "" && movedToWall(asked, came) {
		return extract.Login
	}
	return a.Wall
}

func read(text, at string) (a extract.Article, err error) {
	defer contain(&err)
	a, err = extract.Read(text, at, extract.Options{})
	if err != nil {
		err = fmt.Errorf("look for a wall: %w", err)
	}
	return a, err
}

// movedToWall tells whether a redirect led from a page to a log-in page.
func movedToWall(asked, came string) bool {
	return asked != came && extract.WallURL(came) && !extract.WallURL(asked)
}
