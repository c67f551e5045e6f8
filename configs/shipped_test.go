package configs

import "testing"

func TestShipped(t *testing.T) {
	t.Parallel()
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Sources {
		if s.Enabled {
			t.Errorf("shipped source %s is enabled: huiying must not read a real site by default", s.ID)
		}
	}
	want := []string{"煤炭科", "电力科", "油气科", "新能源科", "节能科", "安全监督科", "编制人事科"}
	for i, name := range want {
		if c.Organisation.Sections[i].Name != name {
			t.Errorf("section %d is %s, want %s", i, c.Organisation.Sections[i].Name, name)
		}
	}
	for _, target := range c.Chat.Targets {
		if target.Kind != "console" {
			t.Errorf("shipped target %s needs more than a terminal", target.Name)
		}
	}
}
