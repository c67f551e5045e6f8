// Comparisons with libraries that the product does not need, in a module of their own
// so that its go.mod names none of them. The commands of the Makefile run it too.
module huiying/bench

go 1.26.0

require (
	github.com/cloudflare/ahocorasick v0.0.0-20240916140611-054963ec9396
	huiying v0.0.0
)

require (
	github.com/andybalholm/cascadia v1.3.5 // indirect
	github.com/goccy/go-yaml v1.19.2 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace huiying => ../
