// Package pictures draws what the senders post, as phones show it, so that people
// can look at an alert before they have a robot.
package pictures
