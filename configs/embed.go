package configs

import "embed"

//go:generate go test -run TestSchemas . -update

// FS is the shipped configuration: huiying.yaml, sources.yaml, organisation.yaml
// and the rule pack in rules.
//
//go:embed *.yaml rules
var FS embed.FS
