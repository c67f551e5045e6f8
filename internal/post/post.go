// Package post holds the Post, the noun that all packages speak of, and owns the tables
// posts and revisions: nobody else spells their columns.
package post

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Channel is one of the seven kinds of place the bureau watches.
type Channel string

// The channels. The mechanism names six; portals and news sites are kept apart
// because they differ in weight.
const (
	Portal  Channel = "portal"
	News    Channel = "news"
	QA      Channel = "qa"
	Hotline Channel = "hotline"
	WeChat  Channel = "wechat"
	Weibo   Channel = "weibo"
	Press   Channel = "press"
)

// Channels lists every channel in the order in which reports show them.
func Channels() []Channel {
	return []Channel{Portal, News, QA, Hotline, WeChat, Weibo, Press}
}

// Name is the channel's Chinese name, as the office reads it.
func (c Channel) Name() string {
	switch c {
	case Portal:
		return "门户网站"
	case News:
		return "新闻网站"
	case QA:
		return "网络问政"
	case Hotline:
		return "热线"
	case WeChat:
		return "微信"
	case Weibo:
		return "微博"
	case Press:
		return "报刊"
	}
	return string(c)
}

// Post is one thing the public can read, or one entry of a hotline or print
// sheet, as it stood when it was last read. It never holds its author.
type Post struct {
	// ID is stable for one post of one source: see NewID.
	ID string `json:"id" bun:"id,pk"`
	// Source is the id of the source in sources.yaml.
	Source string `json:"source"`
	// SourceName is the source's Chinese name.
	SourceName string `json:"source_name,omitempty"`
	// Channel is the kind of place the source is.
	Channel Channel `json:"channel"`
	// Local says that the source itself belongs to our city.
	Local bool `json:"local"`
	// URL is where a person can read the post; empty for hotline and print.
	URL string `json:"url,omitempty"`
	// Title may be empty, as on Weibo.
	Title string `json:"title,omitempty"`
	Body  string `json:"body"`
	// Origin is the medium the page itself names as its source (来源).
	Origin string `json:"origin,omitempty"`
	// Published is the time the source claims; zero when it claims none. Clocks
	// never start from it: feeds lie by 8 and 14 hours.
	Published time.Time `json:"published,omitzero" bun:",nullzero"`
	// Happened is when the matter happened of which the text tells, if it says so;
	// the pipeline sets it: see sitetext.Happened.
	Happened time.Time `json:"happened,omitzero" bun:",nullzero"`
	// FirstSeen is when huiying first read the post; the pipeline sets it.
	FirstSeen time.Time `json:"first_seen,omitzero"`
	// Official says that the bureau itself speaks here: such posts are answers and
	// never matters to answer.
	Official bool `json:"official,omitempty"`
	// FirstRound says that the post came in its source's first round, when
	// everything is new to us and nothing is news.
	FirstRound bool `json:"first_round,omitempty"`

	Reach
}

// NewID derives a post's id from its source and the key that tells the source's
// posts apart: the canonical URL, else the feed's guid, else the text.
func NewID(source, key string) string {
	sum := sha256.Sum256([]byte(source + "\n" + key))
	return "P-" + hex.EncodeToString(sum[:8])
}

// KeyedID derives a post's id as NewID does, from a key that may name a person, such
// as a ticket's text: nobody without the secret can try out whose it is.
func KeyedID(secret []byte, source, key string) string {
	mac := hmac.New(sha256.New, secret)
	_, _ = mac.Write([]byte(source + "\n" + key)) // a hash takes anything
	return "P-" + hex.EncodeToString(mac.Sum(nil)[:8])
}
