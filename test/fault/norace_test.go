//go:build !race

package fault

import "time"

// raceEnabled says that the race detector is on, which costs memory and
// time of its own: then only safety is held to.
const raceEnabled = false

// hang is how long anything may take to come to an end.
const hang = 60 * time.Second
