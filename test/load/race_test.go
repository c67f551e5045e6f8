//go:build race

package load

// raceEnabled says that the detector is on, which costs memory of its own.
const raceEnabled = true
