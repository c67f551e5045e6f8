package pipeline

import (
	"huiying/internal/post"
	"huiying/internal/privacy"
)

// hidePersons is the gate through which the posts of all channels come before they
// are judged, stored and told of. Ids were made before it, of what the post was.
func hidePersons(p *post.Post) {
	for _, s := range []*string{&p.Title, &p.Body, &p.Origin} {
		*s = privacy.Mask(*s)
	}
	shown, removed := privacy.Address(p.URL)
	if removed && shown == "" {
		p.SourceName += "（" + privacy.Removed + "）"
	}
	p.URL = shown
}
