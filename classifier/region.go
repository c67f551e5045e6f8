package classifier

import (
	"huiying/internal/post"
	"huiying/internal/verdict"
)

// where says what a post tells of its place.
type where int

const (
	// nowhere: no place is named at all.
	nowhere where = iota
	// elsewhere: only other places are named.
	elsewhere
	// doubtful: ours, but the title speaks of another place.
	doubtful
	// here: our city.
	here
)

// locate decides whether the post is about our city (地域).
func (c *Classifier) locate(p post.Post, d *document) (where, *verdict.Region) {
	abroad := d.find(c.places.elsewhere, query{most: 1})
	titled := len(abroad) > 0 && abroad[0].field == d.fields[0]
	if sure := d.find(c.places.sure, query{most: 1}); len(sure) > 0 {
		r := &verdict.Region{Place: c.names[sure[0].word], Evidence: verdict.Named, Certain: true}
		if titled && sure[0].field != d.fields[0] {
			r.Evidence, r.Certain = "正文写到, 标题写的是"+c.names[abroad[0].word], false
			return doubtful, r
		}
		return here, r
	}
	unsure := d.find(c.places.unsure, query{most: 1})
	if len(unsure) > 0 && len(abroad) == 0 {
		if e := d.find(c.places.evidence, query{most: 1}); len(e) > 0 {
			return here, &verdict.Region{Place: c.names[unsure[0].word], Evidence: "旁证 " + c.names[e[0].word], Certain: true}
		}
	}
	if p.Local {
		r := &verdict.Region{Place: "本市", Evidence: "来源属于本市"}
		if titled {
			r.Evidence = "来源属于本市, 标题写的是" + c.names[abroad[0].word]
			return doubtful, r
		}
		return here, r
	}
	if len(abroad) > 0 {
		return elsewhere, &verdict.Region{Place: c.names[abroad[0].word], Evidence: "外地"}
	}
	return nowhere, nil
}
