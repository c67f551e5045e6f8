// Package rate tries what the chat platforms' limits and outages do to alerts: on a
// clock of its own, on fakes that keep the limits.
package rate
