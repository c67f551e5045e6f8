package slacktest

import (
	"encoding/json"
	"unicode/utf16"
)

type text struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type block struct {
	Type     string          `json:"type"`
	Text     *text           `json:"text"`
	Fields   []text          `json:"fields"`
	Elements json.RawMessage `json:"elements"`
}

// checkBlocks holds blocks to the limits of Slack's Block Kit reference and
// returns Slack's code for what is wrong.
func checkBlocks(raw []byte) string {
	var blocks []block
	if err := json.Unmarshal(raw, &blocks); err != nil {
		return "invalid_blocks_format"
	}
	if len(blocks) > 50 {
		return "invalid_blocks"
	}
	for _, b := range blocks {
		if !b.good() {
			return "invalid_blocks"
		}
	}
	return ""
}

func (b block) good() bool {
	switch b.Type {
	case "header":
		return b.Text != nil && b.Text.Type == "plain_text" && b.Text.within(150)
	case "divider":
		return true
	case "section":
		if b.Text == nil && len(b.Fields) == 0 || len(b.Fields) > 10 {
			return false
		}
		if b.Text != nil && !b.Text.within(3000) {
			return false
		}
		for _, f := range b.Fields {
			if !f.within(2000) {
				return false
			}
		}
		return true
	case "context":
		var elements []text
		if json.Unmarshal(b.Elements, &elements) != nil || len(elements) == 0 || len(elements) > 10 {
			return false
		}
		for _, e := range elements {
			if !e.within(2000) {
				return false
			}
		}
		return true
	}
	return false // what huiying does not send
}

func (t text) within(n int) bool {
	length := len(utf16.Encode([]rune(t.Text)))
	return (t.Type == "plain_text" || t.Type == "mrkdwn") && length >= 1 && length <= n
}
