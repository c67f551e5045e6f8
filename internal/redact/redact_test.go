package redact_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huiying/internal/redact"
)

func TestRedactorKnowsEveryForm(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"xoxb-1234-abcdefghij", `pa"ss<&>%41+/=\ word`, "密钥-0123456789", "SECabcdefg"} {
		redactor := redact.New("", "abc", secret)
		var escaped strings.Builder
		enc := json.NewEncoder(&escaped)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(secret)
		strict, _ := json.Marshal(secret)
		forms := map[string]string{
			"plain": secret, "query": url.QueryEscape(secret), "path": url.PathEscape(secret), "HTML": html.EscapeString(secret),
			"JSON": string(strict), "loose JSON": escaped.String(), "Go": fmt.Sprintf("%q", secret), "ASCII": fmt.Sprintf("%+q", secret),
			"hexadecimal": hex.EncodeToString([]byte(secret)), "HEXADECIMAL": fmt.Sprintf("%X", secret),
		}
		for before := range 4 {
			for after := range 4 {
				text := []byte(strings.Repeat("x", before) + secret + strings.Repeat("y", after))
				forms[fmt.Sprint("base64 ", before, after)] = base64.StdEncoding.EncodeToString(text)
				forms[fmt.Sprint("base64 for addresses ", before, after)] = base64.RawURLEncoding.EncodeToString(text)
			}
		}
		for name, form := range forms {
			got := redactor.Redact("before " + form + " after")
			rest := strings.TrimSuffix(strings.TrimPrefix(got, "before "), " after")
			// Of base64 a few characters at both ends belong to the neighbours.
			if !strings.Contains(rest, "<redacted>") || len(rest) > len("<redacted>")+14 {
				t.Errorf("%s of %q: %q is left", name, secret, rest)
			}
		}
		if got := redactor.Redact("abc def"); got != "abc def" {
			t.Errorf("a short word was redacted: %q", got)
		}
	}
}

func TestSecretsIn(t *testing.T) {
	t.Parallel()
	for address, want := range map[string][]string{
		"https://qyapi.example/cgi-bin/webhook/send?key=k-1&x=2":              {"2", "k-1"},
		"https://open.example/open-apis/bot/v2/hook/0123456789abcdef0":        {"0123456789abcdef0"},
		"https://ping.example/0123456789abcdef0/start":                        {"0123456789abcdef0"},
		"postgres://huiying:ge%2Fheim@db.example:5432/huiying?sslmode=prefer": {"ge/heim"},
		"host=db.example user=huiying password='ge heim' dbname=x":            {"ge heim"},
		"redis://:geheim@127.0.0.1:6379/0":                                    {"geheim"},
		"unix:///run/redis/a-long-directory-name/socket?db=1":                 nil,
		"xoxb-123": nil,
		"":         nil,
	} {
		got := redact.SecretsIn(address)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", address, diff)
		}
	}
}
