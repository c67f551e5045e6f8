//go:build !race

package fault

// raceEnabled says that the race detector is on, which costs memory of its own.
const raceEnabled = false
