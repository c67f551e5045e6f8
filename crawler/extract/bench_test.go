//go:build unix

package extract_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"huiying/crawler/extract"
	"huiying/crawler/fetch"
)

var ratios = flag.Bool("ratios", false, "measure the extractor against plain go-readability and print a line a figure")

// savedPages are the decoded pages of the sets with gold, those of this project
// and, where they lie beside it, the real ones.
func savedPages(tb testing.TB) []string {
	tb.Helper()
	data := filepath.Join("..", "..", "..", "shared", "data", "html")
	var pages []string
	for _, pattern := range []string{
		filepath.Join(data, "gne", "*", "*.html"), filepath.Join(data, "cctv", "*.shtml"),
		filepath.Join(data, "newspaper4k", "*.html"), filepath.Join(data, "readability_*", "source.html"),
		filepath.Join("testdata", "*", "*.html"),
	} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			tb.Fatal(err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				tb.Fatal(err)
			}
			text, _ := fetch.Decode(raw, "")
			pages = append(pages, text)
		}
	}
	return pages
}

func BenchmarkRead(b *testing.B) {
	pages := savedPages(b)
	o := extract.Options{Now: now()}
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range pages {
			_, _ = extract.Read(p, "", o)
		}
	}
}

func BenchmarkPlainReadability(b *testing.B) {
	pages := savedPages(b)
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range pages {
			plainly(b, p)
		}
	}
}

// TestRatios prints how many times faster the extractor is than plain
// go-readability on the same pages. Both run in turn on one core and are measured
// by the processor time they take, since machines are shared; the figure is the
// median of the turns' ratios.
func TestRatios(t *testing.T) {
	if !*ratios {
		t.Skip("run with -args -ratios")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	pages := savedPages(t)
	o := extract.Options{Now: now()}
	ours := func() {
		for _, p := range pages {
			_, _ = extract.Read(p, "", o)
		}
	}
	theirs := func() {
		for _, p := range pages {
			plainly(t, p)
		}
	}
	const turns = 7
	clock := func(f func()) float64 {
		runtime.GC()
		began := spent()
		f()
		return float64(spent() - began)
	}
	ours()
	theirs()
	var out []float64
	for range turns {
		out = append(out, clock(theirs)/clock(ours))
	}
	slices.Sort(out)
	fmt.Printf("ratio extract %.1f\n", out[turns/2])
}

// spent is the processor time this process has taken, collecting garbage included.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
