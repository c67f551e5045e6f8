// Package proctest is what tests need that run the program as a process.
package proctest

import (
	"bytes"
	"sync"
)

// Output is what a running program has printed so far. Its zero value is empty.
type Output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write adds to it; it never fails.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

// String is all of it.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}
