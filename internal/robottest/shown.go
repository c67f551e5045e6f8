package robottest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

var (
	markdownLink = regexp.MustCompile(`\[([^\]\n]*)\]\((https?://[^)\s]*)\)`)
	ownFont      = regexp.MustCompile(`<font color="(?:info|comment|warning)">|</font>`)
)

// Shown is what people see of a message: its texts, and the addresses that can be
// clicked, which are taken out of the texts. What a platform reads as its own
// colours is taken out too.
func Shown(body []byte) (text string, links []string) {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return string(body), nil
	}
	var texts []string
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch v := v.(type) {
		case map[string]any:
			keys := make([]string, 0, len(v))
			for k := range v {
				keys = append(keys, k)
			}
			slices.Sort(keys)
			for _, k := range keys {
				walk(k, v[k])
			}
		case []any:
			for _, one := range v {
				walk(key, one)
			}
		case string:
			switch key {
			case "actionURL", "url", "link", "page", "ack":
				links = append(links, v)
			case "sign", "timestamp", "tag", "msg_type", "msgtype", "template", "type", "btnOrientation", "at", "layout":
			default:
				v = ownFont.ReplaceAllString(v, "")
				for _, found := range markdownLink.FindAllStringSubmatch(v, -1) {
					links = append(links, found[2])
				}
				texts = append(texts, markdownLink.ReplaceAllString(v, "$1"))
			}
		}
	}
	walk("", v)
	return strings.Join(texts, "\n"), links
}
