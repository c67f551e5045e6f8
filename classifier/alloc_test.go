package classifier_test

import (
	"strings"
	"testing"

	"huiying/internal/post"
)

// TestNoHitAllocatesNothing: most posts hold no rule word and must leave nothing
// behind for the collector.
func TestNoHitAllocatesNothing(t *testing.T) {
	c := build(t)
	for name, p := range map[string]post.Post{
		"empty":       {},
		"plain":       {Title: "今天天气好", Body: strings.Repeat("公园里的花都开了，大家出来散步。", 50)},
		"marks":       {Body: strings.Repeat("《花》、“树”……(草) 3,000朵: 12:30 100% ①㎡ a-b ", 20)},
		"emoji":       {Body: strings.Repeat("花🌸树🌳👨\u200d🔧", 20)},
		"traditional": {Body: strings.Repeat("公園裡的花都開了，ＡＢＣ１２３", 20)},
		"broken":      {Body: strings.Repeat("花\xff\x00\xed\xa0\x80树\u200b草", 20)},
		"first pairs": {Body: strings.Repeat("煤的矿", 20) + strings.Repeat("停 了", 20)},
	} {
		t.Run(name, func(t *testing.T) {
			if v := c.Classify(p); v.Why != "没有规则里的词" {
				t.Fatalf("hit: %s", v.Why)
			}
			if n := testing.AllocsPerRun(20, func() { c.Classify(p) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}
