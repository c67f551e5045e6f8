package place_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"huiying/event/gram"
	"huiying/event/place"
)

func TestNamesIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]place.Names{
		"襄垣县新庄煤矿透水":  {"矿": {"新庄"}},
		"常村矿的矿工说":    {"矿": {"常村"}},
		"某煤矿、该矿和一煤矿": {},
		"沁源县王和镇停电":   {"镇": {"王和"}},
		"定昌镇西村的村民":   {"镇": {"定昌"}, "村": {"西"}},
		"村民说矿山上没有人":  {},
	} {
		if diff := cmp.Diff(want, place.NamesIn([]rune(text))); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	read := func(s string) place.Text {
		return place.Text{Names: place.NamesIn([]rune(s)), Pairs: gram.Set([]rune(s), 2)}
	}
	for name, x := range map[string]struct {
		a, b string
		want place.Shared
	}{
		"a name without its ending": {"荫城镇停电", "荫城从六点没电", place.Shared{Names: []string{"荫城"}}},
		"one mine":                  {"常村煤矿透水", "常村矿出事了", place.Shared{Names: []string{"常村"}, Fine: true}},
		"two mines":                 {"常村煤矿透水", "王庄煤矿透水", place.Shared{Other: true}},
		"two towns":                 {"韩北镇停电", "荫城镇停电", place.Shared{Other: true, OtherTown: true}},
	} {
		if diff := cmp.Diff(x.want, place.Compare(read(x.a), read(x.b))); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestOtherCounty(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		a, b string
		want bool
	}{
		"another":            {"襄垣停电", "沁源停电", true},
		"an old name":        {"长治县停电", "上党区停电", false},
		"one names none":     {"襄垣停电", "城区停电", false},
		"one of two is same": {"襄垣、沁源停电", "沁源停电", false},
	} {
		if got := place.OtherCounty(x.a, x.b); got != x.want {
			t.Errorf("%s: %v, want %v", name, got, x.want)
		}
	}
}
