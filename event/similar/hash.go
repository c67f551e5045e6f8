package similar

import (
	"math/bits"
	"strconv"
	"strings"
	"time"

	"huiying/event/gram"
)

// key is what a hash of one kind stands under in the table, beside the grams.
func key(k kind, h uint64) uint32 { return gram.Mix(h + uint64(k)*0x632be59bd9b4e019) }

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
