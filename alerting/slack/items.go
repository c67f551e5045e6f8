package slack

import (
	"strings"

	slackgo "github.com/slack-go/slack"

	"huiying/alerting"
	"huiying/alerting/sheet"
	"huiying/internal/safetext"
)

// itemBlocks are the lines of a summary, each with its links and, where clicks are
// taken, a button to take the matter on.
func itemBlocks(m alerting.Message, clicks bool) []slackgo.Block {
	var out []slackgo.Block
	for i, it := range sheet.Items(m) {
		section := slackgo.NewSectionBlock(plain(it.Text, maxSection), nil, nil)
		if id := blockPrefix + m.Content.Items[i].Delivery; clicks && safetext.Length(id) <= maxBlockID {
			section.BlockID = id
			section.Accessory = slackgo.NewAccessory(
				slackgo.NewButtonBlockElement(string(alerting.Take), "1", plain(alerting.Take.Name(), maxOption)))
		}
		under := []slackgo.MixedElement{plain(it.ID, maxContext)}
		var links []string
		for _, l := range it.Links {
			if clicks && l.Text == alerting.Take.Name() {
				continue // there is the button
			}
			links = append(links, link(l.Href, l.Text))
		}
		if len(links) > 0 {
			under = append(under, slackgo.NewTextBlockObject(slackgo.MarkdownType, strings.Join(links, "　"), false, true))
		}
		out = append(out, section, slackgo.NewContextBlock("", under...))
	}
	return out
}
