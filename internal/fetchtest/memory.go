// Package fetchtest holds what tests give crawler/fetch in place of a database.
package fetchtest

import (
	"context"
	"sync"

	"huiying/crawler/fetch"
)

// Memory keeps validators as long as the test runs. Its zero value is empty and
// ready for use by many goroutines.
type Memory struct {
	mu   sync.Mutex
	kept map[string]fetch.Validators
}

var _ fetch.Memory = (*Memory)(nil)

// Load implements fetch.Memory.
func (m *Memory) Load(_ context.Context, url string) (fetch.Validators, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.kept[url]
	return v, ok, nil
}

// Save implements fetch.Memory.
func (m *Memory) Save(_ context.Context, url string, v fetch.Validators) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[string]fetch.Validators{}
	}
	m.kept[url] = v
	return nil
}
