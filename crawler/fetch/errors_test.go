package fetch_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"huiying/crawler"
	"huiying/crawler/fetch"
	"huiying/internal/origintest"
)

// What a site does is classed the same, whichever engine reads it, and what it
// costs is counted where the caller asks.
func TestTroubleAndTraffic(t *testing.T) {
	t.Parallel()
	soon := origintest.Answer{Status: 429, Header: map[string]string{"Retry-After": "120"}}
	down := origintest.Answer{Status: 503, Header: map[string]string{"Retry-After": "120"}}
	for name, tc := range map[string]struct {
		answer origintest.Answer
		want   crawler.Trouble
		asks   bool
	}{
		"fine":             {answer: origintest.Text("读得到")},
		"forbidden":        {answer: origintest.Status(403), want: crawler.Blocked},
		"gone":             {answer: origintest.Status(404), want: crawler.Unreachable},
		"broken":           {answer: origintest.Status(503), want: crawler.Unreachable},
		"later, by 429":    {answer: soon, want: crawler.Limited, asks: true},
		"later, by 503":    {answer: down, want: crawler.Limited, asks: true},
		"later, sometime":  {answer: origintest.Status(429), want: crawler.Limited, asks: true},
		"to our own house": {answer: origintest.Redirect("http://169.254.169.254/"), want: crawler.Hostile},
		"a picture":        {answer: origintest.Answer{Type: "image/png", Body: []byte("\x89PNG")}, want: crawler.Broken},
		"too large":        {answer: origintest.Answer{Body: make([]byte, 6<<20)}, want: crawler.TooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := origintest.New(t)
			o.On("/a", tc.answer)
			ctx, meter := crawler.WithMeter(t.Context())
			_, err := client(t, nil).Get(ctx, o.URL("/a"))
			if got := crawler.TroubleOf(err); got != tc.want {
				t.Errorf("%v is %q, want %q", err, got, tc.want)
			}
			fe, _ := errors.AsType[*fetch.Error](err)
			if asks := fe != nil && fe.RetryAt().After(time.Now().Add(30*time.Second)); asks != tc.asks {
				t.Errorf("asks for rest: %v, want %v", asks, tc.asks)
			}
			if got := meter.Traffic(); got.Requests < 2 || tc.want == "" && got.Bytes != int64(len("读得到")) {
				t.Errorf("counted %+v, want robots.txt, the page and its bytes", got)
			}
		})
	}
	if got := crawler.TroubleOf(context.DeadlineExceeded); got != crawler.Unfinished {
		t.Errorf("running out of time is %q", got)
	}
}
