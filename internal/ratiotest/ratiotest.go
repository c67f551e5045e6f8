//go:build unix

// Package ratiotest compares the speed of two ways to do one thing.
package ratiotest

import (
	"runtime"
	"slices"
	"syscall"
	"time"
)

// Ratio is how many times longer slow takes than fast: the median of seven turns. It
// goes by the processor time they take, since machines are shared; run it with one core.
func Ratio(fast, slow func()) float64 {
	const turns, least = 7, 100 * time.Millisecond
	clock := func(f func(), times int) time.Duration {
		started := Spent()
		for range times {
			f()
		}
		return (Spent() - started) / time.Duration(times)
	}
	fast()
	once := clock(fast, 1)
	times := int(least/max(once, 1)) + 1
	var out []float64
	for range turns {
		runtime.GC()
		out = append(out, float64(clock(slow, 1))/float64(clock(fast, times)))
	}
	slices.Sort(out)
	return out[turns/2]
}

// Spent is the processor time this process has taken, collecting garbage included.
func Spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
