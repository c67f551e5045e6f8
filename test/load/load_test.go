package load

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiying/configs"
)

// The test binary is each of the programs it measures, so that time and memory are
// theirs alone.
var (
	sources = flag.Int("sources", 60, "how many sources to read")
	items   = flag.Int("items", 20, "how many items each source lists")
	be      = flag.String("be", "", "be this program, not a test: huiying, reader or plain")
	config  = flag.String("config", "", "the program's configuration")
	data    = flag.String("data", "", "the program's data directory")
	profile = flag.String("profile", "", "write the programs' CPU profiles to files that begin so")
)

func TestMain(m *testing.M) {
	flag.Parse()
	if *be == "" {
		os.Exit(m.Run())
	}
	if err := program(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// figures are what a program measured of one round over all sources.
type figures struct {
	Items   int
	Took    time.Duration // by the clock
	CPU     time.Duration // of all its threads
	PeakMB  int           // the most memory ever held
	Failed  int
	Answers map[string]int `json:"-"` // by the sites' own count
}

func (f figures) perSecond() float64 { return float64(f.Items) / f.Took.Seconds() }

// perCPU is items a second of one core's time: on a busy machine the steadier one.
func (f figures) perCPU() float64 { return float64(f.Items) / f.CPU.Seconds() }

// start runs one of the programs over the sites and gives its rounds.
func start(t *testing.T, name string, s *sites) []figures {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-be", name, "-config", configure(t, s), "-data", t.TempDir(), "-profile", *profile)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.reset()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var rounds []figures
	for in := json.NewDecoder(out); ; {
		var f figures
		if in.Decode(&f) != nil {
			break
		}
		f.Answers = s.reset()
		rounds = append(rounds, f)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(rounds) == 0 {
		t.Fatalf("%s measured nothing", name)
	}
	return rounds
}

func configure(t *testing.T, s *sites) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, configs.FS); err != nil {
		t.Fatal(err)
	}
	var list strings.Builder
	list.WriteString("sources:\n")
	for i, u := range s.urls {
		fmt.Fprintf(&list, "  - {id: s%d, name: 来源%d, channel: news, kind: feed, every: 24h, url: %q}\n", i, i, u)
	}
	for name, text := range map[string]string{"sources.yaml": list.String(), "huiying.yaml": `
storage: {driver: sqlite, path: huiying.db}
fetch: {contact: test@example.invalid, per_host: 10ms, allow_private: [127.0.0.0/8]}
chat:
  targets:
    - {name: 控制台, kind: console}
web: {addr: "127.0.0.1:0"}
`} {
		name = filepath.Join(dir, name)
		_ = os.Remove(name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "huiying.yaml")
}

// TestManySources reads every source three times: all new, unchanged, and with one
// new item each; and once by a plain loop of colly and gofeed, which neither guards
// nor stores nor judges, for comparison.
func TestManySources(t *testing.T) {
	s := serve(t, *sources, *items)
	plain := start(t, "plain", s)[0]
	reader := start(t, "reader", s)[0]
	ours := start(t, "huiying", s)
	want := *sources * *items
	if plain.Items != want || reader.Items != want || ours[0].Items != want {
		t.Errorf("items read: plain %d, reader %d, huiying %d; want %d", plain.Items, reader.Items, ours[0].Items, want)
	}
	for i, f := range append([]figures{plain, reader}, ours...) {
		if f.Failed > 0 {
			t.Errorf("program %d: %d sources failed", i, f.Failed)
		}
	}
	all, same, more := ours[0], ours[1], ours[2]
	if same.Answers["304"] != *sources || same.Answers["200"] > 0 || same.Answers["robots"] > 0 || same.Items > 0 {
		t.Errorf("second round: %v and %d items, want %d answers of 304 and nothing else", same.Answers, same.Items, *sources)
	}
	if more.Items != *sources {
		t.Errorf("third round: %d new items, want %d", more.Items, *sources)
	}
	const limit = 512
	for _, p := range []struct {
		name string
		figures
	}{{"plain colly+gofeed", plain}, {"our reader", reader}, {"huiying, all new", all}, {"huiying, one new", more}} {
		fmt.Printf("load  %-20s %6d items in %6.2fs: %6.0f items/s, %6.0f items per CPU second, memory %d MB\n",
			p.name, p.Items, p.Took.Seconds(), p.perSecond(), p.perCPU(), p.PeakMB)
	}
	fmt.Printf("load  %-20s %6d sources in %.2fs, %.2fs of CPU; %d requests answered by 304, %d bodies and %d readings of robots.txt saved\n",
		"huiying, unchanged", *sources, same.Took.Seconds(), same.CPU.Seconds(), same.Answers["304"], same.Answers["304"], *sources)
	fmt.Printf("ratio reader_to_plain_cpu %.2f\n", reader.perCPU()/plain.perCPU())
	fmt.Printf("ratio huiying_to_plain_cpu %.2f\n", all.perCPU()/plain.perCPU())
	fmt.Printf("ratio unchanged_to_all_new_cpu %.3f\n", same.CPU.Seconds()/all.CPU.Seconds())
	if ours[2].PeakMB > limit && !raceEnabled {
		t.Errorf("huiying held %d MB, more than %d", ours[2].PeakMB, limit)
	}
}
