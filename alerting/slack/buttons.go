package slack

import (
	slackgo "github.com/slack-go/slack"

	"huiying/alerting"
	"huiying/internal/safetext"
)

const (
	// blockPrefix begins the id of the block of buttons; the delivery's id follows.
	blockPrefix = "huiying|"
	// Slack's limits: 255 characters of a block id, 100 options of a menu, 75
	// characters of an option.
	maxBlockID = 255
	maxOptions = 100
	maxOption  = 75
)

// buttons is the row under a message that can be acted on; nil for others. What
// stops a clock asks once more.
func buttons(m alerting.Message, sections []string) slackgo.Block {
	id := blockPrefix + m.DeliveryID
	acts := m.Kind == alerting.KindAlert || m.Kind == alerting.KindUpdate || m.Kind == alerting.KindReminder ||
		m.Kind == alerting.KindWarning && m.EventID != "" // what stands in for an alert
	if !acts || safetext.Length(id) > maxBlockID {
		return nil
	}
	sure := func(title, text string) *slackgo.ConfirmationBlockObject {
		return slackgo.NewConfirmationBlockObject(plain(title, maxOption), plain(text, 300), plain("确定", 30), plain("取消", 30))
	}
	elements := []slackgo.BlockElement{
		slackgo.NewButtonBlockElement(string(alerting.Take), "1", plain(alerting.Take.Name(), maxOption)).WithStyle(slackgo.StylePrimary),
		slackgo.NewButtonBlockElement(string(alerting.Answered), "1", plain(alerting.Answered.Name(), maxOption)).
			WithConfirm(sure("公众已得到答复？", "首次发布和答复的时限将停止。新闻发布会要另行登记。")),
		slackgo.NewButtonBlockElement(string(alerting.Mistaken), "1", plain(alerting.Mistaken.Name(), maxOption)).
			WithStyle(slackgo.StyleDanger).WithConfirm(sure("确认是误报？", "这件事的时限将全部停止。")),
	}
	var options []*slackgo.OptionBlockObject
	for _, s := range sections {
		if safetext.Length(s) <= maxOption && s != m.Receiver && len(options) < maxOptions {
			options = append(options, slackgo.NewOptionBlockObject(s, plain(s, maxOption), nil))
		}
	}
	if len(options) > 0 {
		elements = append(elements, slackgo.NewOptionsSelectBlockElement(
			slackgo.OptTypeStatic, plain(alerting.HandOver.Name()+"给…", maxOption), string(alerting.HandOver), options...))
	}
	return slackgo.NewActionBlock(id, elements...)
}
