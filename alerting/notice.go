// Package alerting tells people: it routes a Notice to receivers, records a
// Delivery for each before anything is sent, and sees every delivery through to
// the platform's own yes.
package alerting

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"huiying/event"
	"huiying/internal/verdict"
)

// Kind says what a notice is.
type Kind string

// The kinds of notice.
const (
	KindAlert    Kind = "alert"    // a new event
	KindUpdate   Kind = "update"   // an event grew graver; goes into the alert's thread
	KindReminder Kind = "reminder" // a clock is nearly due or overdue
	KindReview   Kind = "review"   // the legal reviewer is asked about a case
	KindAnswer   Kind = "answer"   // a post of the bureau's own that may answer an event; goes into the thread
	KindDigest   Kind = "digest"   // the office's daily digest
	KindWarning  Kind = "warning"  // trouble with a source, a rule or huiying itself
	KindSummary  Kind = "summary"  // lists what the line at a channel was too long for
)

// Name is the Chinese name that messages show.
func (k Kind) Name() string {
	switch k {
	case KindAlert:
		return "告警"
	case KindUpdate:
		return "更新"
	case KindReminder:
		return "催办"
	case KindReview:
		return "请审核"
	case KindAnswer:
		return "疑似答复"
	case KindDigest:
		return "日报"
	case KindWarning:
		return "系统提醒"
	case KindSummary:
		return "汇总"
	}
	return string(k)
}

// Notice is anything sent to people. Its id is deterministic, so that deciding
// the same thing twice makes one notice: A-<event>-<category>-<step> for alerts
// and updates.
type Notice struct {
	bun.BaseModel `bun:"table:notices,alias:notice"`

	ID       string           `bun:"id,pk"`
	Kind     Kind             `bun:"kind"`
	EventID  string           `bun:"event_id,nullzero"`
	Step     int              `bun:"step"`
	Category verdict.Category `bun:"category"`
	Grade    verdict.Grade    `bun:"grade"`
	// Sections own the matter: routing turns them into receivers.
	Sections  []string  `bun:"sections,type:json"`
	Content   Content   `bun:"content,type:json"`
	CreatedAt time.Time `bun:"created_at"`

	// Overdue says that a reminder's clock has run out; ForEditors that a warning
	// is about the rules; Where, Tags and Rules, those that fired, are those of an
	// alert's or update's post; Raised says that its event grew graver.
	// Units are those that answer for the event's place (属地). They only steer the
	// routing and are not stored.
	Overdue    bool     `bun:"-"`
	ForEditors bool     `bun:"-"`
	Where      Where    `bun:"-"`
	Tags       []string `bun:"-"`
	Rules      []string `bun:"-"`
	Raised     bool     `bun:"-"`
	Units      []string `bun:"-"`
}

// About begins a notice about an event: whom routing goes by, and in which grade.
func About(e event.Event, id string, kind Kind, now time.Time) Notice {
	return Notice{
		ID: id, Kind: kind, EventID: e.ID, Category: e.Category, Grade: e.Grade, Sections: e.Sections, Units: e.Units, CreatedAt: now,
	}
}

// Content is what people read, in parts so that every platform can lay it out
// its own way. All strings are plain text that may hold anything a post holds:
// senders escape.
type Content struct {
	// Headline is one line: grade, category and title.
	Headline string `json:"headline"`
	// Summary is an excerpt of the post, ≤ 200 字.
	Summary string `json:"summary,omitempty"`
	// Fields are named facts in the order shown: what a reader asks first stands first.
	Fields []Field `json:"fields,omitempty"`
	// Why says how the rules came to it.
	Why string `json:"why,omitempty"`
	// Link is the public address of the post; LinkName the source's name.
	Link     string `json:"link,omitempty"`
	LinkName string `json:"link_name,omitempty"`
	// Page is huiying's own page of the event, absolute.
	Page string `json:"page,omitempty"`
	// Items are what a summary lists.
	Items []Item `json:"items,omitempty"`
}

// Item is a notice that is told of by a line of a summary.
type Item struct {
	// Delivery is the delivery that the line stands for, Notice its notice's id.
	Delivery string `json:"delivery"`
	Notice   string `json:"notice"`
	// Headline is the notice's own, Page the event's page, or else the post's address.
	Headline string    `json:"headline"`
	Page     string    `json:"page,omitempty"`
	At       time.Time `json:"at"`
	// Repeat says that a message of the notice's own may stand already.
	Repeat bool `json:"repeat,omitempty"`
	// Ack is Message.Ack of the delivery. It is made when the summary is sent.
	Ack string `json:"ack,omitempty"`
}

// Field is one named fact of a notice.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// State is how far a delivery has come.
type State string

// The states of a delivery. Sending is written before the request, Sent only
// after the platform said so; Unsure is an attempt whose outcome is unknown.
const (
	Pending State = "pending"
	Sending State = "sending"
	Unsure  State = "unsure"
	Sent    State = "sent"
	Failed  State = "failed" // for good: configuration or permanent refusal
	// Silenced was never to be sent: a Silence held it back.
	Silenced State = "silenced"
	// Folded is listed in a summary, which is on its way.
	Folded State = "folded"
)

// Delivery is one notice on its way to one receiver.
type Delivery struct {
	bun.BaseModel `bun:"table:deliveries,alias:delivery"`

	// ID is the notice's id, "/", and the receiver's name.
	ID       string `bun:"id,pk"`
	NoticeID string `bun:"notice_id"`
	// Receiver is the Chinese name of a section, unit, leader or the office.
	Receiver string `bun:"receiver"`
	// Target names a chat target of huiying.yaml.
	Target   string `bun:"target"`
	State    State  `bun:"state"`
	Attempts int    `bun:"attempts"`
	// Urgent deliveries are worked before others (重大 and above).
	Urgent bool `bun:"urgent"`
	// Ref is where the platform put the message, in the platform's own terms.
	Ref Ref `bun:"ref,type:json"`
	// Parent is the delivery whose message this one answers in a thread; "" for none.
	Parent string `bun:"parent,nullzero"`
	// Repeat says that a message of this delivery may stand already (可能重复).
	Repeat bool `bun:"repeat"`
	// Silence is the id of the silence that holds it back; "" for none.
	Silence   string `bun:"silence,nullzero"`
	LastError string `bun:"last_error"`
	// Summary is the delivery of the summary that lists this one, or has listed it
	// and failed; "" for none.
	Summary   string    `bun:"summary,nullzero"`
	CreatedAt time.Time `bun:"created_at"`
	// HeldUntil is the end of the quiet hours that it waits for; zero for none.
	HeldUntil time.Time `bun:"held_until,nullzero"`
	StartedAt time.Time `bun:"started_at,nullzero"`
	SentAt    time.Time `bun:"sent_at,nullzero"`
}

// Ref is a message's place on a platform: for Slack the channel and the ts.
type Ref struct {
	Channel string `json:"channel,omitempty"`
	TS      string `json:"ts,omitempty"`
}

// Message is one delivery as a sender sees it.
type Message struct {
	// DeliveryID is unique to notice and receiver: senders with read-back store
	// it with the message.
	DeliveryID string
	NoticeID   string
	// EventID is the event it is about; "" for none.
	EventID  string
	Kind     Kind
	Receiver string
	Category verdict.Category
	Grade    verdict.Grade
	Content  Content
	// Thread is the message to answer; zero for a message of its own.
	Thread Ref
	// Repeat asks to mark the message （可能重复）.
	Repeat bool
	// Ack is the absolute address of the page on which this receiver says that it
	// has taken the matter on (认领); "" for none.
	Ack string
	// At is when the notice was made.
	At time.Time
}

// Sender puts messages on one platform, to one channel or chat. Send returns nil
// only after the platform itself said yes; its error is a *Failure wherever the
// cause is known.
type Sender interface {
	Send(ctx context.Context, m Message) (Ref, error)
}

// Finder is a Sender that can look up whether a message stands already.
type Finder interface {
	// Find reports where the message of a delivery stands. since bounds how far
	// back it looks. Calls made together are answered by one reading.
	Find(ctx context.Context, deliveryID string, thread Ref, since time.Time) (Ref, bool, error)
}

// Pacer is a Sender with a rate: deliveries take their turns at its pace.
type Pacer interface {
	Pace() *Pace
}

// Roomy is a Sender that says how many bytes the lines of a summary may take
// together. Of others it is 8,000.
type Roomy interface {
	Room() int
}

// Reason classes a failure to send.
type Reason string

// The reasons. Ambiguous is a failure after which the message may stand.
const (
	Retry         Reason = "retry"
	RateLimited   Reason = "rate"
	Ambiguous     Reason = "ambiguous"
	Permanent     Reason = "permanent"
	Configuration Reason = "configuration"
)

// Failure is a failed send, classed.
//
//nolint:errname // Reads as alerting.Failure, and is a record of a send before it is an error.
type Failure struct {
	Reason Reason
	// RetryAfter is how long the platform asked to wait; zero where it did not say.
	RetryAfter time.Duration
	Err        error
}

func (f *Failure) Error() string { return string(f.Reason) + ": " + f.Err.Error() }

func (f *Failure) Unwrap() error { return f.Err }

// Claims says who is at work on a thing. A claim means "I am on it", never
// "done": truth stands in SQL. It is refused with ok=false only while another
// token's claim lives.
type Claims interface {
	// Claim takes key for token until ttl has passed. Claiming again with the
	// same token holds and extends it, so that a lost reply does no harm.
	Claim(ctx context.Context, key, token string, ttl time.Duration) (ok bool, err error)
	// Release gives key up if token holds it.
	Release(ctx context.Context, key, token string) error
}
