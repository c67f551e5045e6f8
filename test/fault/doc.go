// Package fault tries the whole daemon, as a process of its own, on what a bad
// site, a bad network or a bad feed can do to it: each known way once, all in one
// run, while fifty good sources must be read on time.
package fault
