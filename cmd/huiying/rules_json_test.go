package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBadRulesAreToldInJSON holds the commands that need good rules to answering a
// program that asked for JSON in JSON, also where the rules are bad.
func TestBadRulesAreToldInJSON(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad := strings.Replace(tinyRules, "必须有", "必需有", 1)
	if err := os.WriteFile(filepath.Join(dir, "1.yaml"), []byte(bad), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"test":    {"rules", "test", dir, "--json"},
		"explain": {"rules", "explain", "--rules", dir, "长治停电", "--json"},
		"replay":  {"rules", "replay", dir, "--json", "--posts", os.DevNull},
		"health":  {"rules", "health", dir, "--json", "--posts", os.DevNull},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), args, &streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr})
			var got struct {
				Problems []struct {
					Code   string `json:"code"`
					Line   int    `json:"line"`
					Column int    `json:"column"`
				} `json:"problems"`
			}
			if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
				t.Fatalf("stdout %q: %v", stdout.String(), err)
			}
			if code != 1 || len(got.Problems) != 1 || got.Problems[0].Code != "E003" || got.Problems[0].Line != 4 {
				t.Errorf("code %d, stderr %q, problems %+v", code, stderr.String(), got.Problems)
			}
		})
	}
}
