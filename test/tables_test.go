package test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// tableOwners names the one package that spells the columns of a table. The tables of
// the migrations and the jobs are the store's own and stand in no code of ours.
func tableOwners() map[string]string {
	owners := map[string]string{}
	for owner, tables := range map[string]string{
		"internal/post":     "posts revisions",
		"event":             "events links reach escalations",
		"alerting":          "notices deliveries silences silence_breaks acks keys",
		"alerting/claims":   "claims",
		"response":          "cases clocks case_log offers",
		"digest":            "digests",
		"internal/rulebook": "judgements missed_posts",
		"crawler/schedule":  "sources source_hours rounds",
		"crawler/fetch":     "validators",
		"internal/audit":    "audits clock_jumps troubles",
	} {
		for table := range strings.FieldsSeq(tables) {
			owners[table] = "huiying/" + owner
		}
	}
	return owners
}

// hiddenTable stands for a table whose name is no literal.
const hiddenTable = "?"

// readsAll is the package of questions over several tables: it reads, and writes none.
const readsAll = "huiying/internal/store/views"

func TestEveryTableHasOneOwner(t *testing.T) {
	t.Parallel()
	owners := tableOwners()
	for _, table := range migratedTables(t) {
		if owners[table] == "" {
			t.Errorf("table %s of the migrations has no owner; name one in tableOwners", table)
		}
	}
	for _, use := range tableUses(t, productPackages(t)) {
		owner, known := owners[use.table]
		switch {
		case use.table == hiddenTable:
			t.Errorf("%s: the name of a table stands in a variable, where this test cannot see it", use.pos)
		case !known, use.pkg == owner, use.pkg == readsAll && !use.writes:
		default:
			t.Errorf("%s: table %s belongs to %s; call a function of it, or ask in %s", use.pos, use.table, owner, readsAll)
		}
	}
}

// A search that finds nothing would let everything pass.
func TestTableUsesAreFound(t *testing.T) {
	t.Parallel()
	const source = `package p

import "github.com/uptrace/bun"

type row struct {
	bun.BaseModel ` + "`bun:\"table:alpha,alias:a\"`" + `
}

func f(db bun.IDB) {
	db.NewSelect().Table("beta")
	db.NewSelect().TableExpr("gamma AS g").Join("JOIN delta ON true")
	db.NewRaw("DELETE FROM epsilon WHERE id = ?", 1)
	db.NewUpdate().Model((*row)(nil))
	name := "eta"
	db.NewSelect().Table(name)
	db.NewRaw("WITH x AS (SELECT 1) INSERT INTO zeta SELECT * FROM x")
}
`
	dir := t.TempDir()
	file := filepath.Join(dir, "p.go")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	pkg := goPackage{ImportPath: "huiying/p", Dir: dir, GoFiles: []string{"p.go"}}
	var got []string
	for _, use := range tableUses(t, append(listed(t, "github.com/uptrace/bun"), pkg)) {
		got = append(got, fmt.Sprintf("%s %v", use.table, use.writes))
	}
	slices.Sort(got)
	got = slices.Compact(got)
	want := []string{"? false", "alpha false", "alpha true", "beta false", "delta false", "epsilon true", "gamma false", "x false", "zeta true"}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

// goPackage is what go list says of a package.
type goPackage struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

// listed asks go list for packages and all they import, compiled.
func listed(t *testing.T, patterns ...string) []goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles"}, patterns...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// productPackages lists our packages that are no helpers of tests, with all they import.
func productPackages(t *testing.T) []goPackage {
	t.Helper()
	return slices.DeleteFunc(listed(t, "huiying/..."), func(p goPackage) bool {
		ours := strings.HasPrefix(p.ImportPath, "huiying/")
		return ours && (strings.HasSuffix(p.ImportPath, "test") || strings.HasPrefix(p.ImportPath, "huiying/test/") || p.ImportPath == "huiying/internal/fixture")
	})
}

// tableUse is one place where code names a table.
type tableUse struct {
	pkg, table string
	writes     bool
	pos        token.Position
}

// tableUses finds tables in the tags of models, in the arguments of bun's queries and in
// SQL, in those of the packages that are ours.
func tableUses(t *testing.T, all []goPackage) []tableUse {
	t.Helper()
	fset := token.NewFileSet()
	export := map[string]string{}
	for _, p := range all {
		export[p.ImportPath] = p.Export
	}
	imports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(export[path])
	})
	var uses []tableUse
	for _, p := range all {
		if !strings.HasPrefix(p.ImportPath, "huiying/") {
			continue
		}
		var files []*ast.File
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
		if _, err := (&types.Config{Importer: imports}).Check(p.ImportPath, fset, files, info); err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool {
				for _, use := range usesOf(n, info) {
					use.pkg, use.pos = p.ImportPath, fset.Position(n.Pos())
					uses = append(uses, use)
				}
				return true
			})
		}
	}
	return uses
}

// usesOf finds the tables that one node names.
func usesOf(n ast.Node, info *types.Info) (uses []tableUse) {
	switch n := n.(type) {
	case *ast.Field:
		if n.Tag != nil {
			if table := tableOfTag(n.Tag.Value); table != "" {
				uses = append(uses, tableUse{table: table})
			}
		}
	case *ast.BasicLit:
		if n.Kind == token.STRING {
			uses = tablesOfSQL(n.Value)
		}
	case *ast.CallExpr:
		method, ok := n.Fun.(*ast.SelectorExpr)
		if !ok || len(n.Args) == 0 || !isQuery(info.TypeOf(method.X)) {
			return nil
		}
		switch method.Sel.Name {
		case "Table", "TableExpr", "ModelTableExpr":
			for _, arg := range n.Args {
				name := hiddenTable
				if lit, ok := arg.(*ast.BasicLit); ok {
					name, _, _ = strings.Cut(strings.Trim(lit.Value, "\"`"), " ")
				}
				uses = append(uses, tableUse{table: name, writes: isWrite(info.TypeOf(method.X))})
				if method.Sel.Name != "Table" {
					break // the rest are arguments of the expression
				}
			}
		case "Model":
			if table := tableOfModel(info.TypeOf(n.Args[0])); table != "" {
				uses = append(uses, tableUse{table: table, writes: isWrite(info.TypeOf(method.X))})
			}
		}
	}
	return uses
}

func isQuery(t types.Type) bool {
	return t != nil && strings.HasPrefix(t.String(), "*github.com/uptrace/bun.") && strings.HasSuffix(t.String(), "Query")
}

func isWrite(t types.Type) bool { return isQuery(t) && !strings.HasSuffix(t.String(), "SelectQuery") }

// tableOfTag is the table that a struct tag of a model names.
func tableOfTag(literal string) string {
	tag, err := strconv.Unquote(literal)
	if err != nil {
		return ""
	}
	for part := range strings.SplitSeq(reflect.StructTag(tag).Get("bun"), ",") {
		if table, ok := strings.CutPrefix(part, "table:"); ok {
			return table
		}
	}
	return ""
}

// tableOfModel is the table of a model, of a pointer to one, or of a list of them.
func tableOfModel(t types.Type) string {
	for t != nil {
		switch u := types.Unalias(t).(type) {
		case *types.Pointer:
			t = u.Elem()
			continue
		case *types.Slice:
			t = u.Elem()
			continue
		}
		break
	}
	if t == nil {
		return ""
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return ""
	}
	for i := range s.NumFields() {
		if table := tableOfTag(strconv.Quote(s.Tag(i))); table != "" {
			return table
		}
		if s.Field(i).Embedded() {
			if table := tableOfModel(s.Field(i).Type()); table != "" {
				return table
			}
		}
	}
	return ""
}

// tablesOfSQL are the names that stand in SQL where a table stands.
func tablesOfSQL(literal string) (uses []tableUse) {
	named := regexp.MustCompile(`\b(INSERT INTO|UPDATE|DELETE FROM|FROM|JOIN)\s+([a-z_]+)`)
	for _, m := range named.FindAllStringSubmatch(literal, -1) {
		uses = append(uses, tableUse{table: m[2], writes: m[1] != "FROM" && m[1] != "JOIN"})
	}
	return uses
}

// migratedTables are the tables that the migrations make.
func migratedTables(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("../internal/store/migrations/*/*.sql")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no migrations found: %v", err)
	}
	tables := map[string]bool{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`CREATE TABLE (?:IF NOT EXISTS )?(\w+)`).FindAllStringSubmatch(string(raw), -1) {
			tables[m[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(tables))
}
