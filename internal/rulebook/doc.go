// Package rulebook is the editors' desk: it turns the rule files into what the
// classifier works with, and holds everything an editor does with them before and
// after they go live.
package rulebook
