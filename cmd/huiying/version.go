package main

import (
	"fmt"

	"huiying/internal/version"
)

// versionCmd says which huiying this is.
type versionCmd struct {
	JSON bool `name:"json" help:"输出 JSON。"`
}

// Run prints the build on one line.
func (c *versionCmd) Run(std *streams) error {
	if c.JSON {
		return writeJSON(std.Out, version.Read())
	}
	if _, err := fmt.Fprintln(std.Out, version.Read()); err != nil {
		return fmt.Errorf("write the version: %w", err)
	}
	return nil
}
