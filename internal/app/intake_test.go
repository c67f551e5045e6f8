package app

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiying/configs"
	"huiying/internal/rulebook"
	"huiying/response"
)

// TestHandedIn pushes a hotline's call to the running house and drops a sheet
// into its directory: both are stored when they are answered for, open cases, and
// make no second post when they come again.
func TestHandedIn(t *testing.T) {
	t.Parallel()
	const token = "0123456789abcdef0123"
	data := t.TempDir()
	config, rules, err := rulebook.Default()
	if err != nil {
		t.Fatal(err)
	}
	config.Intake.Addr = "127.0.0.1:0"
	config.Sources = []configs.Source{{
		ID: "hotline", Name: "12345 热线", Channel: "hotline", Kind: "intake", Enabled: true, Local: true, Every: 100 * time.Millisecond,
		Intake: configs.Sheet{
			Drop: "drop", Token: configs.NewSecret(token), PerMinute: 60,
			Columns: map[string]configs.SheetField{"诉求详情": "body", "承办": "none"},
		},
	}}
	a, err := New(t.Context(), Options{Config: config, Rules: rules, Data: data, Tick: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer a.Stop(t.Context())
	if err := a.TakeIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+a.IntakeAddr().String()+"/intake/hotline",
			strings.NewReader(`{"id":"G1","title":"停暖三天","诉求详情":"潞州区花园小区停暖三天，投诉没人管。回电13800138000","来电人":"某人"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK || !strings.Contains(string(body), `"stored":1`) {
			t.Fatalf("%d %s", resp.StatusCode, body)
		}
		if n, text := a.stored(t); n != 1 || !strings.Contains(text, "138********") || strings.Contains(text, "13800138000") {
			t.Fatalf("stored %d: %s", n, text)
		}
	}

	a.Watch(t.Context())
	sheet := filepath.Join(data, "drop", "a.csv")
	if err := os.MkdirAll(filepath.Dir(sheet), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(sheet, []byte("工单编号,诉求详情,承办,来电人\nG1,潞州区花园小区停暖三天，投诉没人管。,甲,某人\nG2,上党区某小区停气两天，没人管。,乙,某人\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(sheet, time.Time{}, time.Now().Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); ; {
		if _, err := os.Stat(filepath.Join(data, "drop", "done", "a.csv")); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the sheet was not imported")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if n, text := a.stored(t); n != 2 || strings.Contains(text, "某人") {
		t.Errorf("stored %d: %s", n, text)
	}
	cases, err := response.List(t.Context(), a.db.Reader(), response.Open)
	if err != nil || len(cases) != 2 {
		t.Errorf("%d cases, %v: the first sheet is no backlog", len(cases), err)
	}
}

// stored is how many posts there are, and all their texts.
func (a *App) stored(t *testing.T) (int, string) {
	t.Helper()
	var texts []string
	if err := a.db.Reader().NewSelect().Table("posts").ColumnExpr("title || ' ' || body || ' ' || verdict").Scan(t.Context(), &texts); err != nil {
		t.Fatal(err)
	}
	return len(texts), strings.Join(texts, "\n")
}
