package version

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestString(t *testing.T) {
	t.Parallel()
	setting := func(key, value string) debug.BuildSetting { return debug.BuildSetting{Key: key, Value: value} }
	commit := []debug.BuildSetting{
		setting("vcs.revision", "0123456789abcdef0123456789abcdef01234567"), setting("vcs.time", "2026-12-01T03:00:00Z"),
	}
	end := ", " + runtime.Version() + ", " + runtime.GOOS + "/" + runtime.GOARCH
	for name, tc := range map[string]struct {
		build *debug.BuildInfo
		want  string
	}{
		"nothing known":          {nil, "huiying " + Number + ", commit unknown"},
		"outside the repository": {&debug.BuildInfo{}, "huiying " + Number + ", commit unknown"},
		"a commit":               {&debug.BuildInfo{Settings: commit}, "huiying " + Number + ", commit 0123456789ab of 2026-12-01T03:00:00Z"},
		"changed files": {
			&debug.BuildInfo{Settings: append(commit[:2:2], setting("vcs.modified", "true"))},
			"huiying " + Number + ", commit 0123456789ab+changes of 2026-12-01T03:00:00Z",
		},
	} {
		if got := from(tc.build).String(); got != tc.want+end {
			t.Errorf("%s: %q, want %q", name, got, tc.want+end)
		}
	}
}
