// Package load measures the daemon on very many sources, beside a plain loop over
// the same sources by the libraries it stands on.
package load
