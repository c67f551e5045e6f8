package alerting

// Escalated words that an event already alerted is spoken of so much that it reached a
// step of 升级.
func (m Matter) Escalated(why string) Content {
	c := m.content()
	c.Headline = m.label() + "扩散升级｜" + m.title()
	c.Fields = append([]Field{{Name: "变化", Value: why}}, c.Fields...)
	return c
}
