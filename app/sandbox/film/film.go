package film

// INTERIM: stands here only until the real package is written; delete this file then.

import "io"

type Spec struct {
	Prompt        string
	Seed          uint64
	Width, Height int
	Seconds, FPS  int
	Audio         bool
}

func Encode(w io.Writer, s Spec) error {
	_, err := w.Write([]byte("\x00\x00\x00\x10ftypisom\x00\x00\x02\x00\x00\x00\x00\x08moov"))
	return err
}
