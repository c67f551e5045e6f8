package fetch_test

import (
	"net/http"
	"strings"
	"testing"

	"huiying/crawler/fetch"
	"huiying/internal/store"
	"huiying/internal/storetest"
)

// Validators without end, or of bytes that a database would change, are not kept.
func TestValidatorsUnfitToKeep(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		m := fetch.NewSQLValidators(db.Writer(), nil)
		c, err := fetch.New(fetch.Options{Contact: "mailto:it@example.org", Validators: m})
		if err != nil {
			t.Fatal(err)
		}
		for _, etag := range []string{"\"\xff\xfe\"", `"` + strings.Repeat("x", 200<<10) + `"`} {
			h := http.Header{"Etag": {etag}, "Last-Modified": {"Mon, 23 Nov 2026 00:00:00 GMT"}}
			if err := c.Remember(t.Context(), "http://example.com/", h); err != nil {
				t.Errorf("%.10q: %v", etag, err)
			}
			if v, _, err := m.Load(t.Context(), "http://example.com/"); err != nil || v.ETag != "" || v.LastModified == "" {
				t.Errorf("%.10q was kept in %d bytes; %v", etag, len(v.ETag), err)
			}
		}
	})
}
