package fetch_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"huiying/crawler/fetch"
)

// TestDecodeRealTexts writes real titles and bodies in legacy charsets under
// missing and wrong labels; hardly any may come out different.
func TestDecodeRealTexts(t *testing.T) {
	t.Parallel()
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "labelled", "posts.jsonl"))
	if err != nil {
		t.Skip("no labelled posts here")
	}
	defer f.Close()
	var texts []string
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p struct{ Title, Body string }
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{p.Title, p.Body} {
			if len(s) >= 6 { // two characters
				texts = append(texts, s)
			}
		}
	}
	gb, big5 := simplifiedchinese.GB18030, traditionalchinese.Big5
	for _, tc := range []struct {
		name, label string
		in          encoding.Encoding
		worst       int // wrong ones in 1,000
	}{
		{"GB18030 unlabelled", "", gb, 0},
		{"GB18030 as utf-8", "utf-8", gb, 0},
		{"GB18030 as gb2312", "gb2312", gb, 0},
		{"GB18030 as latin", "iso-8859-1", gb, 0},
		{"GB18030 as Big5", "big5", gb, 10},
		{"Big5 labelled", "big5", big5, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			all, wrong := 0, 0
			for _, s := range texts {
				raw, err := tc.in.NewEncoder().String(s)
				if err != nil {
					continue
				}
				all++
				if got, _ := fetch.Decode([]byte(raw), "text/html; charset="+tc.label); got != s {
					wrong++
				}
			}
			if all == 0 || wrong*1000 > all*tc.worst {
				t.Errorf("%d of %d texts came out wrong", wrong, all)
			}
		})
	}
}
