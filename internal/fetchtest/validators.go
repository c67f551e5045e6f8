// Package fetchtest holds what tests give crawler/fetch in place of a database.
package fetchtest

import (
	"context"
	"sync"

	"huiying/crawler/fetch"
)

// Validators keeps validators as long as the test runs. Its zero value is empty and
// ready for use by many goroutines.
type Validators struct {
	mu   sync.Mutex
	kept map[string]fetch.Validators
}

var _ fetch.ValidatorStore = (*Validators)(nil)

// Load implements fetch.ValidatorStore.
func (m *Validators) Load(_ context.Context, url string) (fetch.Validators, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.kept[url]
	return v, ok, nil
}

// Save implements fetch.ValidatorStore.
func (m *Validators) Save(_ context.Context, url string, v fetch.Validators) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[string]fetch.Validators{}
	}
	m.kept[url] = v
	return nil
}
