package app

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"huiying/internal/post"
	"huiying/internal/verdict"
)

// loadFor is how long TestReloadUnderLoad lasts; `make reload` runs the minute.
var loadFor = flag.Duration("loadfor", 10*time.Second, "how long posts flow while the rules change")

// rate is how many posts a second flow at least.
const rate = 1000

func newPost(text string) post.Post { return post.Post{ID: text, Body: text} }

// TestReloadUnderLoad lets posts flow while the rules change every second, words
// and all: each post gets a verdict of rules that once were on disk, and memory
// does not grow from the middle of the test to its end.
func TestReloadUnderLoad(t *testing.T) {
	words := func(n int) string {
		return fmt.Sprintf("停电, 停了%d回电, 没电了%s", n, strings.Repeat("啊", n%7))
	}
	d := newDesk(t, words(0))
	texts := []struct {
		text string
		want verdict.Handling
	}{
		{"长治上党区又停电了没人管，" + strings.Repeat("已经三天了没有人来修，", 20), verdict.Alert},
		{"长治天气晴好，" + strings.Repeat("市民在公园里散步，", 20), verdict.None},
		{"朔州停电了", verdict.Alert}, // the one rule knows no other places
		{"今日菜价", verdict.None},
	}
	texts[2].want = d.live.Classify(newPost(texts[2].text)).Handling

	stop := make(chan struct{})
	var group sync.WaitGroup
	var judged, wrong atomic.Int64
	versions := make([]sync.Map, 2)
	began := time.Now()
	for flow := range versions {
		group.Go(func() {
			pace := time.NewTicker(10 * time.Millisecond)
			defer pace.Stop()
			for n := int64(0); ; {
				select {
				case <-stop:
					return
				case <-pace.C:
				}
				// As many as are due: a late tick loses no post.
				for due := int64(time.Since(began).Seconds() * 1.1 * rate / 2); n < due; n++ {
					x := texts[n%int64(len(texts))]
					v := d.live.Classify(newPost(x.text))
					if v.Handling != x.want || v.Rules == "" {
						wrong.Add(1)
					}
					versions[flow].Store(v.Rules, true)
					judged.Add(1)
				}
			}
		})
	}
	var sizes []int
	changes := 0
	second := time.NewTicker(time.Second)
	defer second.Stop()
	enough := func() bool { // on a busy machine under the race detector dictionaries take their time
		count := 0
		versions[0].Range(func(any, any) bool { count++; return true })
		return count >= 3 || time.Since(began) > *loadFor+2*time.Minute
	}
	for time.Since(began) < *loadFor || !enough() {
		<-second.C
		changes++
		d.write(t, oneRule(words(changes)))
		sizes = append(sizes, resident(t))
	}
	close(stop)
	group.Wait()
	took := time.Since(began)
	seen := map[any]bool{}
	for i := range versions {
		versions[i].Range(func(k, _ any) bool { seen[k] = true; return true })
	}
	perSecond := float64(judged.Load()) / took.Seconds()
	t.Logf("%d posts in %v, %.0f a second; %d changes of the rules, %d versions judged; resident MB by second: %v",
		judged.Load(), took.Round(time.Millisecond), perSecond, changes, len(seen), sizes)
	if wrong.Load() > 0 {
		t.Errorf("%d posts without a verdict, or a wrong one", wrong.Load())
	}
	if perSecond < rate {
		t.Errorf("%.0f posts a second, want %d", perSecond, rate)
	}
	for _, n := range d.told(t) {
		t.Errorf("the editors were told: %s", n.Content.Summary)
	}
	if len(seen) < 3 {
		t.Errorf("only %d versions judged: the rules were not taken up", len(seen))
	}
	if *loadFor < 30*time.Second {
		return // too short to tell growth from warming up
	}
	middle, end := highest(sizes[len(sizes)/3:len(sizes)*2/3]), highest(sizes[len(sizes)*2/3:])
	if end > middle+middle/10 {
		t.Errorf("resident memory grew from %d to %d MB", middle, end)
	}
}

func highest(sizes []int) int {
	most := 0
	for _, s := range sizes {
		most = max(most, s)
	}
	return most
}

// resident is the memory of this process that is in use, in MB.
func resident(t *testing.T) int {
	t.Helper()
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("no /proc:", err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(data))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize() >> 20
}
