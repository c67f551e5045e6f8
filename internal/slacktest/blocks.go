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
	BlockID  string          `json:"block_id"`
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
	return b.Type == "actions" && b.goodActions()
}

func (t text) within(n int) bool {
	length := len(utf16.Encode([]rune(t.Text)))
	return (t.Type == "plain_text" || t.Type == "mrkdwn") && length >= 1 && length <= n
}

// goodActions holds buttons and menus to their limits.
func (b block) goodActions() bool {
	var elements []struct {
		Type        string `json:"type"`
		ActionID    string `json:"action_id"`
		Value       string `json:"value"`
		Text        *text  `json:"text"`
		Placeholder *text  `json:"placeholder"`
		Options     []struct {
			Text  text   `json:"text"`
			Value string `json:"value"`
		} `json:"options"`
	}
	if json.Unmarshal(b.Elements, &elements) != nil || len(elements) == 0 || len(elements) > 25 || len([]rune(b.BlockID)) > 255 {
		return false
	}
	for _, e := range elements {
		if e.ActionID == "" || len(e.ActionID) > 255 || len(e.Value) > 2000 {
			return false
		}
		switch e.Type {
		case "button":
			if e.Text == nil || !e.Text.within(75) {
				return false
			}
		case "static_select":
			if e.Placeholder == nil || !e.Placeholder.within(150) || len(e.Options) == 0 || len(e.Options) > 100 {
				return false
			}
			for _, o := range e.Options {
				if !o.Text.within(75) || o.Value == "" || len([]rune(o.Value)) > 150 {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}
