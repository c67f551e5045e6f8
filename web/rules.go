package web

import "time"

// Rules is how the rules stand: which version judges, and what is wrong with
// the files on disk where they are not live.
type Rules struct {
	Version string
	// Since is when the version went live, or huiying started with it.
	Since time.Time
	// Problems are the first mistakes of the files on disk, each with file, line,
	// column and remedy; none while the files are good. More counts the others.
	Problems []string
	More     int
}
