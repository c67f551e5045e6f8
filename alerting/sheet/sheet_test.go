package sheet_test

import (
	"strings"
	"testing"

	"huiying/alerting/sheet"
)

// TestFitNeverExceedsItsLimit: one byte over, and the platform refuses all of it.
func TestFitNeverExceedsItsLimit(t *testing.T) {
	t.Parallel()
	const sep = "\n\n"
	for _, size := range []int{1, 3, 20, 33, 90, 400, 5000} {
		for n := 1; n < 60; n += 7 {
			items := make([]string, n)
			for i := range items {
				items[i] = strings.Repeat("长", size)
			}
			for limit := 150; limit < 4200; limit += 137 {
				got := strings.Join(sheet.Fit(items, sep, limit), sep) + sep
				if len(got) > limit {
					t.Fatalf("%d items of %d characters in %d bytes make %d", n, size, limit, len(got))
				}
				if strings.Contains(got, "还有 0 项") {
					t.Fatalf("%d items of %d characters in %d bytes: nothing is said to be left out", n, size, limit)
				}
				whole := n*(3*size+len(sep)) <= limit
				if said := strings.Contains(got, "项没有列出"); said == whole {
					t.Fatalf("%d items of %d characters in %d bytes: said to be left out: %v", n, size, limit, said)
				}
			}
		}
	}
}
