// Package version says which huiying this is.
package version

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Number is the release that this code belongs to, or leads to.
const Number = "v0.1.0"

// Info tells one build from another.
type Info struct {
	Version string `json:"version"`
	// Commit is the full hash, and Date the commit's time in RFC 3339; both are empty
	// where the program was built outside its repository.
	Commit string `json:"commit"`
	Date   string `json:"date"`
	// Modified says that files differed from the commit.
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// Read is the running program's own.
func Read() Info {
	build, _ := debug.ReadBuildInfo() // nil without module support: nothing is known then
	return from(build)
}

func from(build *debug.BuildInfo) Info {
	i := Info{Version: Number, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if build == nil {
		return i
	}
	for _, s := range build.Settings {
		switch s.Key {
		case "vcs.revision":
			i.Commit = s.Value
		case "vcs.time":
			i.Date = s.Value
		case "vcs.modified":
			i.Modified = s.Value == "true"
		}
	}
	return i
}

// String is the build on one line.
func (i Info) String() string {
	commit := "commit unknown"
	if i.Commit != "" {
		commit = "commit " + i.Commit[:min(12, len(i.Commit))]
		if i.Modified {
			commit += "+changes"
		}
		commit += " of " + i.Date
	}
	return fmt.Sprintf("huiying %s, %s, %s, %s", i.Version, commit, i.Go, i.Platform)
}
