package fetch_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"huiying/crawler/fetch"
	"huiying/internal/fetchtest"
	"huiying/internal/origintest"
	"huiying/internal/store"
	"huiying/internal/storetest"
)

func TestSQLMemory(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		m := fetch.NewSQLValidators(db.Writer(), func() time.Time { return now })
		const url = "http://example.com/?a=1"
		if _, ok, err := m.Load(t.Context(), url); ok || err != nil {
			t.Fatalf("empty: %v %v", ok, err)
		}
		for _, v := range []fetch.Validators{{ETag: `W/"1"`}, {ETag: `"2"`, LastModified: "Mon, 23 Nov 2026 00:00:00 GMT"}, {LastModified: "x"}} {
			if err := m.Save(t.Context(), url, v); err != nil {
				t.Fatal(err)
			}
			if got, ok, err := m.Load(t.Context(), url); got != v || !ok || err != nil {
				t.Errorf("got %v %v %v, want %v", got, ok, err, v)
			}
		}
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				if err := m.Save(t.Context(), fmt.Sprint("http://example.com/", i%50), fetch.Validators{ETag: fmt.Sprint(i % 50)}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		after := fetch.NewSQLValidators(db.Writer(), nil) // as after a restart
		for i := range 50 {
			if got, ok, err := after.Load(t.Context(), fmt.Sprint("http://example.com/", i)); got.ETag != fmt.Sprint(i) || !ok || err != nil {
				t.Errorf("got %v %v %v, want %d", got, ok, err, i)
			}
		}
	})
}

// What one source has read of a page says nothing of another: its first round must
// see everything.
func TestSourcesRememberApart(t *testing.T) {
	t.Parallel()
	o := origintest.New(t)
	o.On("/feed", origintest.Answer{Type: "text/plain", ETag: `"1"`, Body: []byte("one")})
	base := client(t, func(o *fetch.Options) { o.Validators = new(fetchtest.Validators) })
	read := func(c *fetch.Client) *fetch.Page {
		t.Helper()
		p, err := c.Get(t.Context(), o.URL("/feed"))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Remember(t.Context()); err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, source := range []string{"first", "second"} {
		c := base.For(source)
		if p := read(c); p.NotModified || p.Text != "one" {
			t.Errorf("source %s: its first reading was answered %+v", source, p)
		}
		if p := read(c); !p.NotModified {
			t.Errorf("source %s: its second reading was not spared", source)
		}
	}
}
