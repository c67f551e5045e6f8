package seedtest_test

import (
	"testing"

	"huiying/internal/seedtest"
)

func TestASeedRepeatsChance(t *testing.T) {
	t.Setenv(seedtest.Seed, "7")
	if a, b := seedtest.New(t).Uint64(), seedtest.New(t).Uint64(); a != b {
		t.Errorf("one seed gave %d and %d", a, b)
	}
}
