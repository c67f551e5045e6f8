package rulebook

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"huiying/classifier"
	"huiying/configs"
	"huiying/configs/yamlcheck"
	"huiying/internal/rulebook/rulefile"
)

// mutations is how many spoilt rule files are tried.
const mutations = 200

// mutate spoils one line of a text the way hands at a keyboard do.
func mutate(rnd *rand.Rand, lines []string) (kind string, out []string, at int) {
	out = slices.Clone(lines)
	for {
		at = rnd.IntN(len(lines))
		r := []rune(lines[at])
		if strings.TrimSpace(lines[at]) == "" || strings.HasPrefix(strings.TrimSpace(lines[at]), "#") {
			continue
		}
		k := rnd.IntN(len(r))
		switch rnd.IntN(10) {
		case 0:
			kind, r = "deleted", slices.Delete(r, k, k+1)
		case 1:
			if k+1 == len(r) || r[k] == r[k+1] {
				continue
			}
			kind, r[k], r[k+1] = "swapped", r[k+1], r[k]
		case 2:
			marks := []rune("，、：；“”【】（）#!*&@%|>-\t\u3000\u00a0\u200b:,[]{}'\"的矿0")
			kind, r = "inserted", slices.Insert(r, k, marks[rnd.IntN(len(marks))])
		case 3: // full-width
			wide := map[rune]rune{',': '，', ':': '：', '[': '【', ']': '】', '{': '｛', '}': '｝', '-': '－', ' ': '\u3000'}
			if wide[r[k]] == 0 {
				continue
			}
			kind, r[k] = "full-width", wide[r[k]]
		case 4:
			kind, r = "indented", append([]rune(" "), r...)
		case 5:
			if r[0] != ' ' {
				continue
			}
			kind, r = "outdented", r[1:]
		case 6: // a key misspelt
			colon := strings.Index(lines[at], ": ")
			if colon < 0 {
				continue
			}
			key := len([]rune(strings.TrimRight(lines[at][:colon], " "))) - 1
			kind, r[key] = "misspelt", '囧'
		case 7:
			kind = "dropped"
			return kind, slices.Delete(out, at, at+1), at
		case 8:
			kind = "doubled"
			return kind, slices.Insert(out, at, out[at]), at
		case 9:
			kind = "cut short"
			r = r[:k]
		}
		if out[at] = string(r); out[at] != lines[at] {
			return kind, out, at
		}
	}
}

// TestMutatedRuleFiles spoils the shipped pack in many ways, one at a time. What
// comes of each is one of three things: a problem with its place and a remedy in
// Chinese; rules that judge exactly as before; or a plain edit of words, names,
// figures or texts. Silent weakening is anything else: a rule, group, word list,
// exclusion, weight, section or option that is gone with nobody told.
func TestMutatedRuleFiles(t *testing.T) {
	t.Parallel()
	mutations := uint64(mutations)
	if testing.Short() { // a rule pack takes a second under the race detector
		mutations = 10
	}
	files := fstest.MapFS{}
	names, err := fs.Glob(configs.FS, "rules/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(configs.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	shipped, err := configs.Default()
	if err != nil {
		t.Fatal(err)
	}
	owners := shipped.Organisation.Owners()
	live, problems := rulefile.Check(yamlcheck.Tree{FS: files}, "rules", owners)
	if live == nil {
		t.Fatal(problems)
	}
	known := map[string]bool{}
	for _, p := range problems {
		known[p.String()] = true
	}
	count := map[string]int{}
	for seed := range mutations {
		rnd := rand.New(rand.NewPCG(seed, 3))
		name := names[rnd.IntN(len(names))]
		lines := strings.Split(string(files[name].Data), "\n")
		kind, spoilt, at := mutate(rnd, lines)
		draft := maps.Clone(files)
		draft[name] = &fstest.MapFile{Data: []byte(strings.Join(spoilt, "\n"))}
		where := fmt.Sprintf("seed %d: %s:%d %s: %q", seed, path.Base(name), at+1, kind, line(spoilt, at))

		rules, found := rulefile.Check(yamlcheck.Tree{FS: draft}, "rules", owners)
		if rules != nil {
			found = append(found, Lost(live, rules)...)
		}
		found = slices.DeleteFunc(found, func(p yamlcheck.Problem) bool { return known[p.String()] })
		for _, p := range found {
			if p.Line < 1 || p.Column < 1 || p.Code == "" || !chinese(p.Message) || !chinese(p.Remedy) {
				t.Errorf("%s: no place, code, message or remedy: %+v", where, p)
			}
		}
		mends(t, where, name, draft, live, owners, count)
		switch {
		case rules == nil && len(found) == 0:
			t.Errorf("%s: refused and nobody told why", where)
		case rules == nil:
			count["refused"]++
		case len(found) > 0:
			count["warned"]++
		case equal(live, rules):
			count["same"]++
		default:
			count["edited"]++
			if diff := shape(live, rules); diff != "" {
				t.Errorf("%s: silently weaker:\n%s", where, diff)
			}
		}
	}
	t.Logf("%d mutations: %v", mutations, count)
}

// mends holds Mend to its word: what it writes is no worse than what it was given,
// and where it made a spoilt file good nothing is gone.
func mends(t *testing.T, where, name string, draft fstest.MapFS, live *rulefile.Rules, owners []string, count map[string]int) {
	t.Helper()
	fixed, mended := rulefile.Mend(name, draft[name].Data)
	if len(mended) == 0 {
		return
	}
	again := maps.Clone(draft)
	again[name] = &fstest.MapFile{Data: fixed}
	rules, _ := rulefile.Check(yamlcheck.Tree{FS: again}, "rules", owners)
	if rules == nil {
		count["mended in part"]++
		return
	}
	count["mended"]++
	if equal(live, rules) {
		count["mended to what it was"]++
	}
	if diff := shape(live, rules); diff != "" {
		t.Errorf("%s: mended and weaker:\n%v\n%s", where, mended, diff)
	}
}

func line(lines []string, at int) string {
	if at < len(lines) {
		return lines[at]
	}
	return ""
}

func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// equal tells rules that judge alike.
func equal(a, b *rulefile.Rules) bool {
	return reflect.DeepEqual(unplaced(a), unplaced(b)) // a tenth of cmp.Equal's time
}

// unplaced are rules without where they stand.
func unplaced(r *rulefile.Rules) classifier.RuleSet {
	set := RuleSet(r)
	set.Version = ""
	for _, rules := range [][]classifier.Rule{set.Rules, set.Marks} {
		for i := range rules {
			for _, examples := range [][]classifier.Example{rules[i].Examples.Hit, rules[i].Examples.Miss, rules[i].Examples.Review, rules[i].Examples.Known} {
				for j := range examples {
					examples[j].File, examples[j].Line = "", 0
				}
			}
		}
	}
	return set
}

// shape compares two rule sets with every free text and list of words reduced to
// whether there is any: what is left is how many of everything there are and every
// choice made.
func shape(a, b *rulefile.Rules) string {
	text := cmp.FilterPath(func(p cmp.Path) bool {
		f, ok := p.Last().(cmp.StructField)
		return ok && slices.Contains([]string{"Name", "Hint", "Title", "Body", "Source", "Because", "Tag", "Deadline"}, f.Name())
	}, cmp.Comparer(func(x, y string) bool { return (x == "") == (y == "") }))
	list := cmp.FilterPath(func(p cmp.Path) bool {
		f, ok := p.Last().(cmp.StructField)
		return ok && slices.Contains([]string{"Words", "Not", "Consult"}, f.Name())
	}, cmp.Comparer(func(x, y []string) bool {
		// cmp asks both ways round; a list that grew so much was not mended either.
		return max(len(x), len(y)) <= 2*min(len(x), len(y))
	}))
	return cmp.Diff(RuleSet(a), RuleSet(b), text, list,
		cmpopts.IgnoreFields(classifier.RuleSet{}, "Version"),
		cmpopts.IgnoreFields(classifier.Rule{}, "ID"),
		cmpopts.IgnoreFields(classifier.Example{}, "File", "Line"))
}
