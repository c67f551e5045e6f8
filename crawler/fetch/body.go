package fetch

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
)

var (
	errTooLarge    = errors.New("body too large")
	errBadEncoding = errors.New("bad content encoding")
)

// maxLayers is how many compressions may lie around one body.
const maxLayers = 3

// readBody reads and decompresses a whole body. Every layer is bounded by limit,
// so that neither a bomb nor a bomb inside a bomb costs more than that. When the
// limit is reached the error is of kind TooLarge and what was read comes with it.
// The text reserves its memory as it grows.
func readBody(resp *http.Response, path string, limit int64, at *reservation) ([]byte, error) {
	var r io.Reader = &bounded{r: resp.Body, left: limit}
	layers := strings.FieldsFunc(strings.ToLower(strings.Join(resp.Header.Values("Content-Encoding"), ",")),
		func(c rune) bool { return c == ',' || c == ' ' })
	if len(layers) > maxLayers {
		return nil, &Error{Kind: BadEncoding, Err: fmt.Errorf("%d content encodings", len(layers))}
	}
	for _, layer := range slices.Backward(layers) {
		var err error
		if r, err = unpack(r, layer); err != nil {
			return nil, bodyError(err)
		}
		r = &bounded{r: r, left: limit}
	}
	raw, err := io.ReadAll(&reserving{r: r, at: at})
	if err != nil {
		return raw, bodyError(err)
	}
	// A .xml.gz file is served as what it is, and some servers compress twice.
	if packed := bytes.HasPrefix(raw, []byte{0x1f, 0x8b}); packed && (len(layers) > 0 || saysGzip(resp, path)) {
		if r, err = unpack(bytes.NewReader(raw), "gzip"); err == nil {
			raw, err = io.ReadAll(&reserving{r: &bounded{r: r, left: limit}, at: at})
		}
		if err != nil {
			return raw, bodyError(err)
		}
	}
	return raw, nil
}

func saysGzip(resp *http.Response, path string) bool {
	return strings.HasSuffix(strings.ToLower(path), ".gz") || strings.Contains(strings.ToLower(resp.Header.Get("Content-Type")), "gzip")
}

// unpack undoes one encoding. Servers name gzip and deflate for bodies that are
// neither; the first bytes decide.
func unpack(r io.Reader, encoding string) (io.Reader, error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(2)
	if len(head) < 2 {
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		return b, nil
	}
	switch encoding {
	case "identity":
		return b, nil
	case "gzip", "x-gzip":
		if head[0] != 0x1f || head[1] != 0x8b {
			return b, nil
		}
		return gzip.NewReader(b)
	case "deflate":
		if head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
			return zlib.NewReader(b)
		}
		return flate.NewReader(b), nil
	case "br":
		return brotli.NewReader(b), nil
	}
	return nil, fmt.Errorf("%w: %q", errBadEncoding, encoding)
}

// bounded fails, rather than ends, when more than left bytes come.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		b.left = 0
		return n - 1, errTooLarge
	}
	return n, err
}

// reserving reserves more memory as it is read.
type reserving struct {
	r    io.Reader
	at   *reservation
	read int64
}

func (s *reserving) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.read += int64(n)
	if full := s.at.acquire(s.read); full != nil {
		return n, full
	}
	return n, err
}

func bodyError(err error) error {
	var (
		corrupt flate.CorruptInputError
		known   *Error
	)
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, errTooLarge):
		return &Error{Kind: TooLarge, Err: err}
	case errors.Is(err, errBadEncoding), errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum),
		errors.Is(err, zlib.ErrHeader), errors.Is(err, zlib.ErrChecksum), errors.Is(err, zlib.ErrDictionary),
		errors.As(err, &corrupt), strings.HasPrefix(err.Error(), "brotli:"):
		return &Error{Kind: BadEncoding, Err: err}
	}
	return err
}

// isText says whether a body of this declared type is worth decoding. Feeds
// often come as application/octet-stream or without a type.
func isText(contentType string) bool {
	kind, _, _ := mime.ParseMediaType(contentType)
	switch {
	case kind == "", strings.HasPrefix(kind, "text/"), kind == "application/octet-stream":
		return true
	case strings.Contains(kind, "xml"), strings.Contains(kind, "json"), strings.Contains(kind, "javascript"), strings.Contains(kind, "gzip"):
		return true
	}
	return false
}

// mediaType is the declared type without parameters, else a guess.
func mediaType(contentType string, raw []byte) string {
	if kind, _, _ := mime.ParseMediaType(contentType); kind != "" {
		return kind
	}
	kind, _, _ := mime.ParseMediaType(http.DetectContentType(raw))
	return kind
}
