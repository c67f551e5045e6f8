package configs

// maxBytes is the size of the largest file that is read.
const maxBytes = 1 << 20

// scan is what the raw text says before any parser sees it.
type scan struct {
	problems Problems
	broken   bool
	tainted  map[int]bool
	data     string
}

func scanText(data []byte, keys map[string]bool) *scan {
	return &scan{tainted: map[int]bool{}, data: string(data)}
}

func (s *scan) text() string                  { return s.data }
func (s *scan) original(line, column int) int { return column }
