package test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fragments writes a changelog with one release, and files of changes since.
func fragments(t *testing.T, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	files["../../CHANGELOG.md"] = "# Changelog\n\n## v0.1.0\n\n- First.\n"
	for name, text := range files {
		path := filepath.Join(dir, "changelog", "unreleased", name)
		if err := os.MkdirAll(filepath.Join(dir, "changelog", "unreleased"), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func releaseNotes(dir, version string) error {
	return exec.Command("../scripts/release-notes.sh", version, dir).Run()
}

func TestReleaseNotes(t *testing.T) {
	t.Parallel()
	dir := fragments(t, map[string]string{"b.md": "Fixed: two.\n", "a.md": "Fixed: one.\n", "c.md": "Added: three & \\ four.\n"})
	if err := releaseNotes(dir, "v0.2.0"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "CHANGELOG.md"))
	if err != nil {
		t.Fatal(err)
	}
	want := "# Changelog\n\n## v0.2.0\n\n### Added\n\n- three & \\ four.\n\n### Fixed\n\n- one.\n- two.\n\n## v0.1.0\n\n- First.\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("changelog differs (-want +got):\n%s", diff)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "changelog", "unreleased", "*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestReleaseNotesRefuse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		version string
		files   map[string]string
	}{
		"a version that is there": {"v0.1.0", map[string]string{"a.md": "Added: x\n"}},
		"no version":              {"next", map[string]string{"a.md": "Added: x\n"}},
		"nothing new":             {"v0.2.0", map[string]string{}},
		"another kind":            {"v0.2.0", map[string]string{"a.md": "Broke: x\n"}},
		"two lines":               {"v0.2.0", map[string]string{"a.md": "Added: x\nFixed: y\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := releaseNotes(fragments(t, c.files), c.version); err == nil {
				t.Error("it was joined")
			}
		})
	}
}
