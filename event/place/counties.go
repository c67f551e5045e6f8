// Package place reads from a text where it says that something happened: which of
// the city's counties it names, and which mines, villages, streets.
package place

import (
	"slices"
	"strings"
)

// counties are the districts and counties of 长治 with the words that name them,
// old names too (until 2018-11: 城区 郊区 长治县 屯留县 潞城市). 城区 and 郊区 are any
// city's and name none.
func counties() map[string][]string {
	return map[string][]string{
		"潞州区": {"潞州"}, "上党区": {"上党区", "长治县"}, "屯留区": {"屯留"}, "潞城区": {"潞城"},
		"襄垣县": {"襄垣"}, "平顺县": {"平顺县"}, "黎城县": {"黎城"}, "壶关县": {"壶关"},
		"长子县": {"长子县"}, "武乡县": {"武乡"}, "沁县": {"沁县"}, "沁源县": {"沁源"},
		"高新区": {"长治高新区", "长治市高新区"}, "经开区": {"长治经开区", "长治市经开区"},
	}
}

// CountiesIn lists the counties that a text names, in order of name.
func CountiesIn(s string) []string {
	var out []string
	for county, words := range counties() {
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) }) {
			out = append(out, county)
		}
	}
	slices.Sort(out)
	return out
}

// OtherCounty reports whether two texts name counties, and none in common: a notice
// of another county in the same words is another matter.
func OtherCounty(a, b string) bool {
	ca := CountiesIn(a)
	if len(ca) == 0 {
		return false
	}
	cb := CountiesIn(b)
	return len(cb) > 0 && !slices.ContainsFunc(ca, func(c string) bool { return slices.Contains(cb, c) })
}
