package crawler

import "time"

// Source is one place that is read, with what every engine needs to know of it.
type Source struct {
	// ID is short, latin and unique: it stands in logs and post ids.
	ID string
	// Name is what the office reads.
	Name    string
	Channel Channel
	// Local says that the source itself belongs to our city, such as its 网络问政.
	Local bool
	// Official says that the bureau itself speaks there: its posts never alert.
	Official bool
	// Every is the pause between two rounds. Defaults to 5m.
	Every time.Duration
	// Collector reads the source.
	Collector Collector
}

// Blank is the post that a source's items start from.
func (s Source) Blank() Post {
	return Post{Source: s.ID, SourceName: s.Name, Channel: s.Channel, Local: s.Local, Official: s.Official}
}
