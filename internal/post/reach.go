package post

// Reach is how far a post spread, by what its own page or feed publishes for all to
// see; 0 where it says nothing. It is kept as it was last read, and is no text of the
// post: that a counter moved is no revision.
type Reach struct {
	// Reads is how often the post was read or viewed (阅读、浏览、点击).
	Reads int64 `json:"reads,omitempty"`
	// Shares is how often it was passed on (转发).
	Shares int64 `json:"shares,omitempty"`
	// Audience is how many people the editors estimate its source to reach; 0 for no
	// estimate.
	Audience int64 `json:"audience,omitempty"`
}

// Over is the later reading of a post's reach over an earlier one: what it does not
// say stays.
func (r Reach) Over(old Reach) Reach {
	keep := func(now, was int64) int64 {
		if now == 0 {
			return was
		}
		return now
	}
	return Reach{Reads: keep(r.Reads, old.Reads), Shares: keep(r.Shares, old.Shares), Audience: keep(r.Audience, old.Audience)}
}
