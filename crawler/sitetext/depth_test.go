package sitetext_test

import (
	"strings"
	"testing"

	"huiying/crawler/sitetext"
)

func TestDeeperThan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		json string
		want bool
	}{
		"empty":                {"", false},
		"as deep as allowed":   {strings.Repeat("[", 3) + strings.Repeat("]", 3), false},
		"one deeper":           {strings.Repeat("[", 4), true},
		"objects count too":    {`{"a":{"b":{"c":{}}}}`, true},
		"side by side":         {`[[],[],{},{},[]]`, false},
		"brackets in a text":   {`["[[[[{{{{"]`, false},
		"an escaped quote":     {`["\"[[[[", "[[[["]`, false},
		"an escaped backslash": {`["\\", [[[]]]]`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := sitetext.DeeperThan(c.json, 3); got != c.want {
				t.Errorf("DeeperThan(%q, 3) = %v", c.json, got)
			}
		})
	}
}
