package demo_test

import (
	"path/filepath"
	"testing"

	"huiying/internal/demo"
	"huiying/internal/rulebook"
)

func TestConfigIsValid(t *testing.T) {
	t.Parallel()
	site, places := open(t, 1)
	path, err := demo.Config(site, filepath.Join(t.TempDir(), "config"), "127.0.0.1:8420")
	if err != nil {
		t.Fatal(err)
	}
	c, rules, err := rulebook.Load(path)
	if err != nil {
		t.Fatalf("the demo's configuration:\n%v", err)
	}
	if len(c.Sources) != len(places) {
		t.Errorf("%d sources, want %d", len(c.Sources), len(places))
	}
	for _, s := range c.Sources {
		p, ok := places[s.ID]
		if !ok || s.Name != p.Name || s.URL != p.URL+p.Entrance {
			t.Errorf("source %s does not read its site: %s %s", s.ID, s.Name, s.URL)
		}
	}
	if c.Organisation.Office.Target == "" || len(rules.Rules) == 0 {
		t.Error("sections or rules are missing")
	}
}
