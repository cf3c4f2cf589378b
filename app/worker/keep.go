package worker

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"aigc/app/blob"
	"aigc/app/failpoint"
	"aigc/app/fault"
	"aigc/app/spool"
	"aigc/app/task"
)

// This file puts into the object store what was paid for and came complete, and cannot be
// used: an answer that could not be understood, as it was received, and results that are
// no valid image or video. Such an object is no asset. The secrets of all accounts are
// replaced before it is stored, because only workers know them.

// codeUnreadable is the code of an error of the spool's volume.
const codeUnreadable = "journal_unreadable"

// part is one file of a kept answer: bytes of the spool.
type part struct {
	name string // in an archive of several
	blob spool.Blob
	path string // of the blob's file; empty if it is inline
}

func (w *core) newPart(name, taskID, submit string, b spool.Blob) part {
	p := part{name: name, blob: b}
	if !b.Inline() {
		p.path = w.Spool.Path(taskID, submit, b.Name)
	}
	return p
}

func (p part) open() (io.ReadCloser, error) {
	if p.path == "" {
		return io.NopCloser(bytes.NewReader(p.blob.Data)), nil
	}
	return os.Open(p.path)
}

// unusable are the files of results that cannot be used, by index. The answer as it was
// received is among them if base64 in it is damaged, or if there is no other file.
func (w *core) unusable(t *task.Task, a *answer, indexes []int) (parts []part) {
	damaged := false
	add := func(i int, b spool.Blob) {
		p := w.newPart(fmt.Sprintf("result-%d", i), t.ID, t.SubmitID, b)
		if info, err := os.Stat(p.path); p.path == "" || err == nil && info.Size() == b.Size {
			parts = append(parts, p)
		}
	}
	for _, i := range indexes {
		res := a.Answer.Results[i]
		switch b, ok := a.Blob(res.Base64); {
		case res.Base64 == "":
			if info, err := os.Stat(w.Spool.Path(t.ID, t.SubmitID, resultFile(i))); err == nil {
				add(i, spool.Blob{Name: resultFile(i), Size: info.Size()})
			}
		case ok && b.Corrupt && a.Raw != nil:
			damaged = true
		case ok:
			add(i, b)
		}
	}
	if a.Raw != nil && (damaged || len(parts) == 0) {
		parts = append(parts, w.newPart("answer", t.ID, t.SubmitID, *a.Raw))
	}
	if len(parts) == 0 && !hasBytes(a.Answer) { // leased from another worker, whose spool has the answer as received
		if data, err := json.Marshal(a.Answer); err == nil {
			parts = append(parts, part{name: "answer", blob: spool.Blob{Size: int64(len(data)), Data: data}})
		}
	}
	return parts
}

// keepUnusable keeps the results that cannot be used; nil if nothing of them is left.
func (w *core) keepUnusable(ctx context.Context, t *task.Task, a *answer, indexes []int) (*task.KeptAnswer, error) {
	parts := w.unusable(t, a, indexes)
	if len(parts) == 0 {
		return nil, nil
	}
	return w.keep(ctx, t.ID, t.SubmitID, parts)
}

// keep puts an answer durably into the object store: one part as it is, several as a tar
// archive. The caller must record it in the ledger before the spool entry is removed.
// Repeated, it puts the same object.
func (w *core) keep(ctx context.Context, taskID, submit string, parts []part) (*task.KeptAnswer, error) {
	failpoint.Here("before_keep")
	k := &task.KeptAnswer{Task: taskID, SubmitID: submit}
	head := &prefix{}
	err := w.readRedacted(parts, func(r io.Reader) (err error) {
		sum := sha256.New()
		k.Size, err = io.Copy(io.MultiWriter(sum, head), r)
		k.SHA256 = hex.EncodeToString(sum.Sum(nil))
		return err
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, codeUnreadable, "The answer's spool entry cannot be read; will retry.")
	}
	if k.Object, err = w.answerObject(ctx, k); err != nil {
		return nil, err
	}
	k.Name = "answer-" + taskID + answerExt(head.data)
	if len(parts) > 1 {
		k.Name = "answer-" + taskID + ".tar"
	}
	err = w.readRedacted(parts, func(r io.Reader) error {
		sum := sha256.New()
		err := w.withinReserve(taskID, k.Size, func() error {
			return w.Blobs.Put(ctx, k.Object, io.TeeReader(r, sum), k.Size, blob.PutOptions{TaskID: taskID, SHA256: k.SHA256})
		})
		if err != nil {
			return err
		}
		if hex.EncodeToString(sum.Sum(nil)) != k.SHA256 {
			return errors.New("the answer changed while it was read from the spool")
		}
		return nil
	})
	if err != nil {
		return nil, storeError(err)
	}
	failpoint.Here("answer_kept")
	return k, nil
}

// answerObject is the name of an answer's object. If the submission has another answer
// already, such as one that was not understood before a look-up found the result, the
// name gets a number, so that neither replaces the other.
func (w *core) answerObject(ctx context.Context, k *task.KeptAnswer) (string, error) {
	kept, err := w.Ledger.Answers(ctx, []string{k.Task})
	if err != nil {
		return "", err
	}
	name := blob.AnswerName(k.Task, k.SubmitID)
	for n := 2; slices.ContainsFunc(kept, func(o task.KeptAnswer) bool { return o.Object == name && o.SHA256 != k.SHA256 }); n++ {
		name = fmt.Sprintf("%s-%d", blob.AnswerName(k.Task, k.SubmitID), n)
	}
	return name, nil
}

// readRedacted calls read with the content of the parts, without secrets.
func (w *core) readRedacted(parts []part, read func(io.Reader) error) error {
	if len(parts) == 1 {
		f, err := parts[0].open()
		if err != nil {
			return err
		}
		defer f.Close()
		return read(w.redactor.Reader(f))
	}
	r, to := io.Pipe()
	go func() { to.CloseWithError(archive(to, parts)) }()
	err := read(w.redactor.Reader(r))
	return errors.Join(err, r.Close())
}

// archive writes a tar archive of the parts, always the same.
func archive(to io.Writer, parts []part) error {
	w := tar.NewWriter(to)
	for _, p := range parts {
		f, err := p.open()
		if err != nil {
			return err
		}
		err = w.WriteHeader(&tar.Header{Name: p.name, Size: p.blob.Size, Mode: 0o644})
		if err == nil {
			_, err = io.Copy(w, f)
		}
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return w.Close()
}

// prefix keeps the first bytes that are written to it.
type prefix struct{ data []byte }

func (p *prefix) Write(b []byte) (int, error) {
	p.data = append(p.data, b[:min(len(b), 512-len(p.data))]...)
	return len(b), nil
}

// answerExts are extensions for types that http.DetectContentType finds.
var answerExts = map[string]string{
	"text/html": ".html", "text/xml": ".xml", "text/plain": ".txt", "application/pdf": ".pdf", "application/x-gzip": ".gz", "application/zip": ".zip",
	"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp", "image/bmp": ".bmp", "video/mp4": ".mp4", "video/webm": ".webm",
}

// answerExt is the extension for a file that begins with head; ".bin" if it is not known.
func answerExt(head []byte) string {
	if text := bytes.TrimLeft(head, "\ufeff \t\r\n"); len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		return ".json"
	}
	if len(head) >= 12 && string(head[4:8]) == "ftyp" {
		switch brand := string(head[8:12]); brand {
		case "avif", "heic":
			return "." + brand
		}
	}
	if bytes.HasPrefix(head, []byte("II*\x00")) || bytes.HasPrefix(head, []byte("MM\x00*")) {
		return ".tiff"
	}
	mime, _, _ := strings.Cut(http.DetectContentType(head), ";")
	return cmp.Or(answerExts[mime], ".bin")
}

// resultFile is the name of the spool file to which the i-th result is fetched.
func resultFile(i int) string { return fmt.Sprintf("result-%d", i) }

// allResults are the indexes of all results of an answer.
func allResults(a *answer) []int {
	out := make([]int, len(a.Answer.Results))
	for i := range out {
		out[i] = i
	}
	return out
}
