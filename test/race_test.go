package test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestOnlyWhatCannotRaceIsNotRaced holds the packages that make race leaves out to
// start no goroutine and to guard nothing that goroutines share. The suites of this
// directory are left out too: they watch programs.
func TestOnlyWhatCannotRaceIsNotRaced(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`(?m)^UNRACED := test\|(.+)$`).FindSubmatch(makefile)
	if list == nil {
		t.Fatal("the Makefile does not say what is not raced")
	}
	unraced, err := regexp.Compile("^huiying/(" + string(list[1]) + ")(/|$)")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{.Dir}}", "huiying/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(out)) {
		path, dir, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !unraced.MatchString(path) {
			continue
		}
		n++
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			for _, at := range concurrent(t, name) {
				t.Errorf("%s: this can race: take its package out of UNRACED in the Makefile", at)
			}
		}
	}
	if n < 5 {
		t.Errorf("%d packages match %s", n, unraced)
	}
}

// concurrent lists where a file starts goroutines or imports what guards them.
func concurrent(t *testing.T, name string) (at []string) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range file.Imports {
		switch strings.Trim(i.Path.Value, `"`) {
		case "sync", "sync/atomic", "golang.org/x/sync/errgroup":
			at = append(at, files.Position(i.Pos()).String())
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if g, ok := n.(*ast.GoStmt); ok {
			at = append(at, files.Position(g.Pos()).String())
		}
		return true
	})
	return at
}
