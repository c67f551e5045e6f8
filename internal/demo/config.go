package demo

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"text/template"

	"huiying/configs"
)

//go:embed config/*.yaml
var configFiles embed.FS

// Config writes the configuration that watches the site to dir, which it makes,
// and returns the path of its huiying.yaml. The demo brings its own huiying.yaml
// and sources.yaml; sections and rules are the shipped ones. The web page is
// configured to stand at web, a host and port.
func Config(site *Site, dir, web string) (string, error) {
	sources := map[string]Place{}
	for _, p := range site.places {
		sources[p.ID] = p
	}
	huiying := filepath.Join(dir, "huiying.yaml")
	err := errors.Join(
		os.MkdirAll(dir, 0o750),
		writeConfig("config/huiying.yaml", huiying, map[string]string{"Web": web}),
		writeConfig("config/sources.yaml", filepath.Join(dir, "sources.yaml"), sources),
		copyConfig("organisation.yaml", dir),
		copyConfig("rules", dir),
	)
	if err != nil {
		return "", fmt.Errorf("write the demo's configuration: %w", err)
	}
	return huiying, nil
}

// writeConfig fills a template of the demo's own and writes it.
func writeConfig(name, to string, data any) error {
	tmpl, err := template.ParseFS(configFiles, name)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := tmpl.Option("missingkey=error").Execute(&b, data); err != nil {
		return err
	}
	return os.WriteFile(to, b.Bytes(), 0o600)
}

// copyConfig writes a shipped file, or a folder of them, to dir.
func copyConfig(name, dir string) error {
	return fs.WalkDir(configs.FS, name, func(at string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(path.Clean(at)))
		if d.IsDir() {
			return os.MkdirAll(to, 0o750)
		}
		raw, err := configs.FS.ReadFile(at)
		if err != nil {
			return err
		}
		return os.WriteFile(to, raw, 0o600)
	})
}
