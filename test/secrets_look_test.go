package test

import (
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // The driver by which the database is read.
)

// haystack is everything a run of the program left behind, by where it stands.
type haystack struct {
	texts map[string]string
	// needles are the secrets' names by the forms they may stand in.
	needles map[string]string
}

// newHaystack looks for secrets, which are given by name: whole, in four pieces,
// and encoded in every way in which programs quote.
func newHaystack(secrets map[string]string) *haystack {
	h := &haystack{texts: make(map[string]string), needles: make(map[string]string)}
	for name, secret := range secrets {
		h.look(name, secret)
	}
	return h
}

func (h *haystack) look(name, secret string) {
	const shortest = 8 // shorter pieces stand in any text
	add := func(how, form string) {
		if h.needles[form] == "" && len(form) >= shortest {
			h.needles[form] = name + ", " + how
		}
	}
	add("plain", secret)
	for i := range 4 {
		add(fmt.Sprintf("piece %d of 4", i+1), secret[len(secret)*i/4:len(secret)*(i+1)/4])
	}
	add("in a query", url.QueryEscape(secret))
	add("in a query", strings.ToLower(url.QueryEscape(secret)))
	add("in a path", url.PathEscape(secret))
	add("in HTML", html.EscapeString(secret))
	add("in Go", strings.Trim(strconv.Quote(secret), `"`))
	if b, err := json.Marshal(secret); err == nil {
		add("in JSON", strings.Trim(string(b), `"`))
	}
	add("in hexadecimal", hex.EncodeToString([]byte(secret)))
	add("in hexadecimal", strings.ToUpper(hex.EncodeToString([]byte(secret))))
	for shift := range 3 {
		padded := append(make([]byte, shift), secret...)
		padded = padded[:len(padded)/3*3]
		for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
			coded := enc.EncodeToString(padded)
			add("in base64", coded[min(4*((shift+2)/3), len(coded)):])
		}
	}
}

// add keeps one text.
func (h *haystack) add(where, text string) { h.texts[where] += text + "\n" }

// size is how much there is, in bytes.
func (h *haystack) size() (n int) {
	for _, text := range h.texts {
		n += len(text)
	}
	return n
}

// report fails the test for every secret found, and returns how many.
func (h *haystack) report(t *testing.T) (found int) {
	t.Helper()
	for _, where := range slices.Sorted(maps.Keys(h.texts)) {
		text := h.texts[where]
		for _, form := range slices.Sorted(maps.Keys(h.needles)) {
			i := strings.Index(text, form)
			if i < 0 {
				continue
			}
			found++
			t.Errorf("%s: %s stands %d times, first in %q", where, h.needles[form], strings.Count(text, form),
				text[max(0, i-200):min(len(text), i+len(form)+40)])
		}
	}
	return found
}

// dump is every table of a PostgreSQL database as JSON, but for those left out.
func dump(t *testing.T, db *sql.DB, without ...string) map[string]string {
	t.Helper()
	tables := make(map[string]string)
	for _, name := range column(t, db, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'") {
		if !slices.Contains(without, name) {
			tables[name] = strings.Join(column(t, db, fmt.Sprintf("SELECT row_to_json(x)::text FROM %q x", name)), "\n")
		}
	}
	return tables
}

// column reads the one column of a query.
func column(t *testing.T, db *sql.DB, query string) (values []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}
