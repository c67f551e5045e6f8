package configs

import (
	"slices"
	"testing"
)

func TestSecretsFindsAll(t *testing.T) {
	t.Parallel()
	c := &Config{
		Settings: Settings{
			Storage: Storage{URL: NewSecret("a")}, Redis: Redis{URL: NewSecret("b")},
			Chat: Chat{Targets: []Target{{Token: NewSecret("c"), Webhook: NewSecret("d")}, {Password: NewSecret("e")}}},
		},
		Sources: []Source{{}, {Intake: Sheet{Token: NewSecret("f")}}},
	}
	if got, want := c.Secrets(), []string{"a", "b", "c", "d", "e", "f"}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}
