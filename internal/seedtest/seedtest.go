// Package seedtest gives tests chance that can be repeated.
package seedtest

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Seed is the variable of the environment that repeats a test's chance.
const Seed = "HUIYING_SEED"

// New is a source of chance, other at each run. A test that fails logs its seed; with
// that in Seed it meets the same chance again. Not for goroutines that share it.
func New(tb testing.TB) *rand.Rand {
	tb.Helper()
	seed := rand.Uint64()
	if s := os.Getenv(Seed); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			tb.Fatalf("%s: %v", Seed, err)
		}
	}
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("chance as in this run: %s=%d", Seed, seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 0))
}
