// Package test holds what no single room can try: the whole program, started,
// watched and killed as a bureau would run it.
package test
