package rulefile

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryCodeIsExplained holds the catalogue, the sources that report and the
// editors' manual to the same codes.
func TestEveryCodeIsExplained(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "rules.zh-CN.md"))
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, pattern := range []string{"*.go", filepath.Join("..", "*.go"), filepath.Join("..", "..", "..", "configs", "*.go"), filepath.Join("..", "..", "..", "configs", "yamlcheck", "*.go")} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") || name == "codes.go" {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`"([EW]\d{3})"`).FindAllStringSubmatch(string(text), -1) {
				used[m[1]] = true
				if Explain(m[1]) == "" {
					t.Errorf("%s reports %s, which Kinds does not explain", name, m[1])
				}
			}
		}
	}
	for _, k := range Kinds() {
		if !used[k.Code] {
			t.Errorf("%s is explained and never reported", k.Code)
		}
		if !strings.Contains(string(manual), k.Code) && k.Code != "E100" {
			t.Errorf("docs/rules.zh-CN.md does not name %s", k.Code)
		}
	}
}
