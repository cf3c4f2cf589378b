package spool

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"slices"

	"aigc/app/provider"
)

const (
	rawFile     = "answer"
	decodedFile = "answer-decoded"
	rawInline   = 64 << 10 // a larger copy is written to a file
)

// rawCopy is the copy of one answer as it was received: in memory, or in a file once it is
// larger than rawInline. The file is synced only if the record names it: an answer whose
// results are all intact does without it.
type rawCopy struct {
	w     *Writer
	name  string // of the file
	paid  bool
	whole bool
	err   error // the copy is incomplete
	size  int64
	sum   hash.Hash
	head  []byte // all of it while there is no file
	file  *blobFile

	// decode reads the copy without its content coding, until that is removed; nil: it has
	// none, or one that cannot be removed.
	decode func(io.ReadCloser) io.ReadCloser
}

// BeginAnswer implements [provider.AnswerRecorder]. The copy of an unpaid answer does not
// replace that of a paid one.
func (w *Writer) BeginAnswer(paid bool) io.Writer {
	if w.raw != nil {
		if w.raw.paid && w.raw.whole && !paid {
			return nil
		}
		_ = w.raw.remove() // a file that stays is truncated by the next copy, or removed with the folder
	}
	w.raw = &rawCopy{w: w, name: rawFile, paid: paid, sum: sha256.New()}
	return w.raw
}

// EndAnswer implements [provider.AnswerRecorder].
func (w *Writer) EndAnswer(whole bool, decode func(io.ReadCloser) io.ReadCloser) {
	w.raw.whole, w.raw.decode = whole && w.raw.err == nil, decode
}

// Received says whether an answer was received completely and can be committed as
// [Record.Unread].
func (w *Writer) Received() bool { return w.raw != nil && w.raw.whole && w.raw.size > 0 }

// Raw is the answer as it was received, without its content coding, in memory or in a file
// that is not synced; nil if none was received completely. With a damaged coding it is
// what was received.
func (w *Writer) Raw() *Blob {
	if !w.Received() {
		return nil
	}
	w.raw.removeCoding()
	return &Blob{Name: w.raw.name, Size: w.raw.size, SHA256: hex.EncodeToString(w.raw.sum.Sum(nil)), Data: w.raw.head}
}

// Write implements [io.Writer].
func (c *rawCopy) Write(p []byte) (int, error) {
	if c.err == nil {
		c.err = c.write(p)
	}
	return len(p), c.err
}

func (c *rawCopy) write(p []byte) (err error) {
	if err := c.w.within(c.size + int64(len(p))); err != nil {
		return err
	}
	c.size += int64(len(p))
	c.sum.Write(p)
	if c.file == nil && c.size <= rawInline {
		c.head = append(c.head, p...)
		return nil
	}
	if c.file == nil {
		if err := c.w.prepareLater(); err != nil {
			return err
		}
		if c.file, err = c.w.createBlob(c.name); err != nil {
			return err
		}
		if _, err := c.file.write(c.head); err != nil {
			return err
		}
		c.head = nil
	}
	_, err = c.file.write(p)
	return err
}

// removeCoding replaces the copy by a decoded one. Only answers that are kept need it, so
// it is not done while they are received. If it fails, such as for lack of space, the copy
// stays as it is.
func (c *rawCopy) removeCoding() {
	if c.decode == nil {
		return
	}
	var in io.Reader = bytes.NewReader(c.head)
	if c.file != nil {
		in = io.NewSectionReader(c.file.file, 0, c.size)
	}
	out := &rawCopy{w: c.w, name: decodedFile, paid: c.paid, whole: true, sum: sha256.New()}
	decoded := c.decode(io.NopCloser(in))
	_, err := io.Copy(out, decoded)
	c.decode = nil
	if errors.Join(err, decoded.Close()) != nil || out.size == 0 {
		_ = out.remove() // a file that stays is removed with the folder
		return
	}
	_ = c.remove()
	*c = *out
}

// keepRaw sets the record's Raw, if the record needs it, and returns its file, which must
// be synced; nil if it has none. A copy that is not needed is removed.
func (w *Writer) keepRaw(r *Record) *blobFile {
	if !w.Received() || !r.needsRaw() {
		if w.raw != nil {
			_ = w.raw.remove() // else it goes with the folder
		}
		return nil
	}
	r.Raw = w.Raw()
	return w.raw.file
}

// needsRaw says whether something that was paid for is only in the answer as it was
// received: all of it, or results whose base64 is damaged, that are URLs, or that were
// not found in it.
func (r *Record) needsRaw() bool {
	if r.Answer == nil {
		return r.Unread != nil
	}
	return len(r.Answer.Results) == 0 || slices.ContainsFunc(r.Blobs, func(b Blob) bool { return b.Corrupt }) ||
		slices.ContainsFunc(r.Answer.Results, func(res provider.Result) bool { return res.Base64 == "" })
}

func (c *rawCopy) close() error {
	if c.file == nil {
		return nil
	}
	err := c.file.file.Close()
	c.file = nil
	return err
}

// remove removes the copy.
func (c *rawCopy) remove() error {
	c.whole, c.head = false, nil
	if c.file == nil {
		return nil
	}
	return errors.Join(os.Remove(c.file.file.Name()), c.close())
}
