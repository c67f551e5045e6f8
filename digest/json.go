package digest

import (
	"encoding/json"
	"fmt"
	"io"
)

// JSON writes r as indented JSON.
func JSON(w io.Writer, r Report) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("render digest: %w", err)
	}
	return nil
}
