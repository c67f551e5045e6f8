package event

import (
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// column is a growing list in chunks: it is never copied to grow, and what stands
// at its beginning can be given back.
type column[T any] struct {
	chunks []*[chunkLen]T
	n      uint32
}

const chunkLen = 4096

func (c *column[T]) len() uint32 { return c.n }

func (c *column[T]) at(i uint32) *T { return &c.chunks[i/chunkLen][i%chunkLen] }

func (c *column[T]) append(v T) uint32 {
	if int(c.n/chunkLen) == len(c.chunks) {
		c.chunks = append(c.chunks, new([chunkLen]T))
	}
	i := c.n
	c.n++
	*c.at(i) = v
	return i
}

// free gives back the chunks that lie wholly below i.
func (c *column[T]) free(i uint32) {
	for k := int(i/chunkLen) - 1; k >= 0 && c.chunks[k] != nil; k-- {
		c.chunks[k] = nil
	}
}

// key is what a hash of one kind stands under in the table, beside the grams.
func key(k kind, h uint64) uint32 { return mix(h + uint64(k)*0x632be59bd9b4e019) }

type kind uint8

const (
	kindID kind = iota + 1
	kindText
	kindURL
	kindEvent
)

// pack puts a post's id into 64 bits: one of NewID's form as it is, any other by
// its hash.
func pack(id string) (code uint64, whole bool) {
	if hex, ok := strings.CutPrefix(id, "P-"); ok && len(hex) == 16 && strings.ToLower(hex) == hex {
		if v, err := strconv.ParseUint(hex, 16, 64); err == nil {
			return v, true
		}
	}
	return hashString(id), false
}

func (x *Index) id(n uint32) string {
	v := x.posts.at(n).id
	if len(x.odd) > 0 {
		if s, ok := x.odd[v]; ok {
			return s
		}
	}
	var b [len("P-0123456789abcdef")]byte
	return string(appendHex(append(b[:0], "P-"...), v, 16))
}

// appendHex appends so many hexadecimal digits of v.
func appendHex(out []byte, v uint64, digits int) []byte {
	for i := digits - 1; i >= 0; i-- {
		out = append(out, "0123456789abcdef"[v>>(4*i)&15])
	}
	return out
}

// seconds packs a time; those before 1970 or after 2106 are bent to the limits.
func seconds(t time.Time) uint32 {
	return uint32(min(max(t.Unix(), 0), 1<<32-1))
}

// The two odd constants are those of splitmix64's finalizer.
const (
	fold1 = 0xbf58476d1ce4e5b9
	fold2 = 0x94d049bb133111eb
)

func fold(h, v uint64) uint64 {
	hi, lo := bits.Mul64(h^v^fold1, fold2)
	return hi ^ lo
}

func hashString(s string) uint64 {
	h := uint64(len(s))
	for i := range len(s) {
		h = fold(h, uint64(s[i]))
	}
	return fold(h, fold2)
}
