package worker

import (
	"bytes"
	"testing"

	"aigc/app/fault"
)

// A driver's own download has the limit that one by URL has.
func TestFetchedFileIsLimited(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	f := &fetchedFile{Writer: &got, left: 10}
	if n, err := f.Write(make([]byte, 6)); n != 6 || err != nil {
		t.Fatal(n, err)
	}
	if n, err := f.Write(make([]byte, 4)); n != 4 || err != nil {
		t.Fatal(n, err)
	}
	if n, err := f.Write([]byte("x")); n != 0 || fault.KindOf(err) != fault.InvalidResult || got.Len() != 10 {
		t.Errorf("%d, %v, %d bytes", n, err, got.Len())
	}
}
