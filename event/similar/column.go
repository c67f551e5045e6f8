package similar

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
