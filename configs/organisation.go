package configs

// Organisation is organisation.yaml: titles and roles, never persons' names.
type Organisation struct {
	Bureau   string     `yaml:"bureau" need:"yes" jsonschema_description:"局的名称"`
	Office   Receiver   `yaml:"office" need:"yes" jsonschema_description:"局办公室: 什么都收到"`
	Sections []Section  `yaml:"sections" need:"yes" jsonschema_description:"科室"`
	Units    []Section  `yaml:"units" jsonschema_description:"所属单位"`
	Leaders  []Receiver `yaml:"leaders" jsonschema_description:"分管领导"`
	// Head is 局主要负责人.
	Head Receiver `yaml:"head" need:"yes" jsonschema_description:"局主要负责人"`
	// OfficeHead is the head of the office, who hears of what nobody takes on; the
	// office stands in where there is none.
	OfficeHead Receiver `yaml:"office_head" jsonschema_description:"办公室负责人: 没人认领时逐级上报用; 不写就报局办公室"`
	// LegalReviewer is the section that reviews legality.
	LegalReviewer string `yaml:"legal_reviewer" need:"yes" jsonschema_description:"合法性审核的科室"`
	// Editors hear of trouble with rules, Operators of trouble with sources and
	// huiying itself. The office stands in where there are none.
	Editors   []Receiver `yaml:"editors" jsonschema_description:"规则出问题时告诉谁"`
	Operators []Receiver `yaml:"operators" jsonschema_description:"来源和系统出问题时告诉谁"`
}

// Receiver is someone who is told.
type Receiver struct {
	Name   string `yaml:"name" need:"yes" jsonschema_description:"名称: 职务, 不写人名"`
	Target string `yaml:"target" need:"yes" jsonschema_description:"huiying.yaml 里的消息目的地"`
	// Quiet are the hours in which only what cannot wait is sent, like 22:00-07:00.
	Quiet string `yaml:"quiet" jsonschema_description:"免打扰时段, 如 22:00-07:00: 可以等的消息到点再发; 较大以上、等级待定和超时的照发"`
}

// Section is a section or a subordinate unit.
type Section struct {
	Name   string   `yaml:"name" need:"yes" jsonschema_description:"名称, 规则的“归口”用它"`
	Field  []string `yaml:"field" jsonschema_description:"管什么"`
	Leader string   `yaml:"leader" jsonschema_description:"分管领导, leaders 里的名称"`
	// Places are those whose matters it hears of, whoever owns them (属地).
	Places []string `yaml:"places" jsonschema_description:"属地: 帖子写到这些地名也告诉它, 写全称, 如 沁源县"`
	Target string   `yaml:"target" need:"yes" jsonschema_description:"huiying.yaml 里的消息目的地"`
	// Quiet is that of Receiver.
	Quiet string `yaml:"quiet" jsonschema_description:"免打扰时段, 如 22:00-07:00: 可以等的消息到点再发; 较大以上、等级待定和超时的照发"`
}

// Owners lists the names that a rule's 归口 may use.
func (o Organisation) Owners() []string {
	var out []string
	for _, s := range o.Sections {
		out = append(out, s.Name)
	}
	for _, u := range o.Units {
		out = append(out, u.Name)
	}
	return append(out, o.Office.Name)
}

// Told lists everyone who is told of matters, by name.
func (o Organisation) Told() []string {
	out := o.Owners()
	for _, l := range o.Leaders {
		out = append(out, l.Name)
	}
	if o.OfficeHead.Name != "" {
		out = append(out, o.OfficeHead.Name)
	}
	return append(out, o.Head.Name)
}
