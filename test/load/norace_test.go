//go:build !race

package load

// raceEnabled says that the race detector is on, which costs memory of its own.
const raceEnabled = false
