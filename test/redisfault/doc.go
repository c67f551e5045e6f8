// Package redisfault breaks Redis in every way it is known to break, while posts go
// through the real pipeline and alerts to a fake Slack: nothing may be lost, nothing
// sent twice, and no post may wait.
package redisfault
