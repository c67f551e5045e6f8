package test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the imports of docs/architecture.md anew")

// room is the top folder of one of our packages, below internal where it stands
// there; "" for what is not a room. The reading package views has a row of its own,
// since it stands above the owners of tables and the store below them.
func room(path string) string {
	path, ok := strings.CutPrefix(path, "huiying/")
	if !ok {
		return ""
	}
	if path == "internal/store/views" {
		return "views"
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(path, "internal/"), "/")
	if strings.HasSuffix(name, "test") || name == "fixture" {
		return ""
	}
	return name
}

// rooms lists which rooms import which, as the compiler sees it.
func rooms(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "huiying/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		from := room(words[0])
		if from == "" {
			continue
		}
		if all[from] == nil {
			all[from] = []string{}
		}
		for _, imported := range words[1:] {
			if to := room(imported); to != "" && to != from && !slices.Contains(all[from], to) {
				all[from] = append(all[from], to)
			}
		}
	}
	for _, list := range all {
		slices.Sort(list)
	}
	return all
}

func TestArchitecturePageMatchesTheImports(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	want := rooms(t)

	row := regexp.MustCompile("(?m)^(\\| `(\\w+)` \\|.*\\|) ([^|]*) \\|$")
	if *update {
		page = row.ReplaceAllFunc(page, func(line []byte) []byte {
			m := row.FindSubmatch(line)
			list := strings.Join(want[string(m[2])], " ")
			return fmt.Appendf(nil, "%s %s |", m[1], cmp.Or(list, "–"))
		})
		if err := os.WriteFile("../docs/architecture.md", page, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	table := map[string][]string{}
	for _, m := range row.FindAllStringSubmatch(string(page), -1) {
		table[m[2]] = []string{}
		if m[3] != "–" {
			table[m[2]] = strings.Fields(m[3])
		}
	}
	if diff := gocmp.Diff(want, table); diff != "" {
		t.Errorf("the table of docs/architecture.md differs from the imports (-imports +table):\n%s", diff)
	}

	picture := map[string][]string{}
	for _, m := range regexp.MustCompile(`(?m)^  (\w+) --> (\w+)$`).FindAllStringSubmatch(string(page), -1) {
		if !slices.Contains(want[m[1]], m[2]) {
			t.Errorf("the picture has an arrow that the code has not: %s --> %s", m[1], m[2])
		}
		picture[m[1]] = append(picture[m[1]], m[2])
	}
	for from, list := range want {
		if slices.Contains(everywhere, from) {
			continue
		}
		reach := map[string]bool{}
		walk(picture, from, reach)
		for _, to := range list {
			if !reach[to] && !slices.Contains(everywhere, to) {
				t.Errorf("the picture leads no way from %s to %s, which it imports", from, to)
			}
		}
	}
}

// everywhere are packages without a say of their own, which any other may import; the
// picture may leave out the arrows to them.
var everywhere = []string{"post", "verdict", "zh", "safetext", "redact", "privacy", "version"}

func walk(arrows map[string][]string, at string, seen map[string]bool) {
	if seen[at] {
		return
	}
	seen[at] = true
	for _, next := range arrows[at] {
		walk(arrows, next, seen)
	}
}
