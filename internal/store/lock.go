package store

import (
	"os"
	"syscall"
)

// fileLock is an exclusive lock that the system lets go when the process dies.
type fileLock struct{ f *os.File }

// lockFile takes the lock, or says at once that another has it.
func lockFile(path string) (*fileLock, error) { return lockWith(path, syscall.LOCK_EX|syscall.LOCK_NB) }

// waitForFile takes the lock when it is free.
func waitForFile(path string) (*fileLock, error) { return lockWith(path, syscall.LOCK_EX) }

func lockWith(path string, how int) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // The operator names the path.
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), how); err != nil {
		_ = f.Close()
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	return &fileLock{f}, nil
}

func (l *fileLock) Close() error { return l.f.Close() }
