// Package event joins posts that are one matter into one Event.
package event

import (
	"time"

	"github.com/uptrace/bun"

	"huiying/classifier"
)

// Event is one matter, however many posts speak of it.
type Event struct {
	bun.BaseModel `bun:"table:events,alias:event"`

	// ID is "E-", the day it was first seen, and a hash of its first post.
	ID       string              `bun:"id,pk"`
	Title    string              `bun:"title"`
	Handling classifier.Handling `bun:"handling"` // alert or review
	Category classifier.Category `bun:"category"`
	Grade    classifier.Grade    `bun:"grade"`
	Place    string              `bun:"place"`
	Sections []string            `bun:"sections,type:json"`
	Consult  []string            `bun:"consult,type:json"`
	Tags     []string            `bun:"tags,type:json"`
	Toll     classifier.Toll     `bun:"toll,type:json"`
	Why      string              `bun:"why"`
	Rules    string              `bun:"rules"`
	// Step counts the alerts and updates sent: 0 none, 1 the alert, 2 the first update.
	Step int `bun:"step"`
	// Posts and Sources count what speaks of it.
	Posts   int `bun:"posts"`
	Sources int `bun:"sources"`
	// FirstPublished is the earliest time any source claims; FirstSeen and
	// LastSeen are our own; AlertedAt is zero for events in 复核.
	FirstPublished time.Time `bun:"first_published,nullzero"`
	FirstSeen      time.Time `bun:"first_seen"`
	LastSeen       time.Time `bun:"last_seen"`
	AlertedAt      time.Time `bun:"alerted_at,nullzero"`
}
