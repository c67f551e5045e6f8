package event

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

// countiesIn lists the counties that a text names, in order of name.
func countiesIn(s string) []string {
	var out []string
	for county, words := range counties() {
		for _, w := range words {
			if strings.Contains(s, w) {
				out = append(out, county)
				break
			}
		}
	}
	slices.Sort(out)
	return out
}

// otherPlace reports whether two texts name counties, and none in common: a notice
// of another county in the same words is another matter.
func otherPlace(a, b Text) bool {
	ca := countiesIn(string(a))
	if len(ca) == 0 {
		return false
	}
	cb := countiesIn(string(b))
	return len(cb) > 0 && !slices.ContainsFunc(ca, func(c string) bool { return slices.Contains(cb, c) })
}

// otherNames reports whether two texts name different things of one class: the
// outage of another village, told in the same words.
func otherNames(a, b Text) bool {
	na, nb := Account{names: map[string][]string{}}, Account{names: map[string][]string{}}
	na.readNames(a)
	nb.readNames(b)
	if len(na.names) == 0 || len(nb.names) == 0 {
		return false
	}
	na.pairs, nb.pairs = gramSet(a, 2), gramSet(b, 2)
	return sameNames(na, nb).other
}
