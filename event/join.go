package event

// How says by what a post joined an event.
type How string

// The ways to join, surest first.
const (
	SameURL  How = "same url"
	SameText How = "same text"
	NearText How = "near text"
	// OtherWords: the post tells of the event's matter in words of its own.
	OtherWords How = "same matter"
)

// Join is the event that a post was found to belong to.
type Join struct {
	Event string
	// Score is 0 to 1: the share of the shorter text that the longer one still has; of
	// OtherWords how surely both accounts are of one matter.
	Score float64
	How   How
}
