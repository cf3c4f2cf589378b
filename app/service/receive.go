package service

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/memory"
	"aigc/app/schema"
)

// FileFields are the names of the fields of inputs that take files. A file anywhere else
// stays text.
type FileFields map[string]bool

// FileFieldsOf are the file fields of operations.
func FileFieldsOf(ops ...Operation) FileFields {
	out := FileFields{}
	for _, op := range ops {
		for _, f := range op.Schema.Fields() {
			if f.Image {
				out[f.Name] = true
			}
		}
	}
	return out
}

// Has reports whether a path in an input is that of a file: such a field, or in a list in
// it.
func (f FileFields) Has(p jsonblob.Path) bool {
	return len(p) > 0 && !p[0].InList && f[p[0].Name] && !slices.ContainsFunc(p[1:], func(s jsonblob.Step) bool { return !s.InList })
}

// ReceiveOptions are the limits of [ReceiveJSON].
type ReceiveOptions struct {
	IsFile   func(jsonblob.Path) bool // the places of files in the document
	MaxDoc   int64                    // bytes of the document without its files
	MaxFiles int
	Limits   *jsonblob.Limits // of the document's structure; nil: jsonblob.RequestLimits
	Memory   *memory.Document // what doc takes; nil: not counted
}

// minFile is the length in bytes from which the text of a file becomes an upload while it
// is read. Shorter ones stay in the document.
const minFile = 4 << 10

// ReceiveJSON reads a JSON document to its end. Each file in it becomes an upload of store,
// and its placeholder replaces it in doc; refs are the placeholders, which the caller must
// discard in the end. A file that cannot be used is no error here: its upload fails, so that
// who uses the placeholder gets the error together with the field's name.
func ReceiveJSON(ctx context.Context, store Assets, r io.Reader, o ReceiveOptions) (doc []byte, refs []string, err error) {
	var out bytes.Buffer
	var files []Upload
	o.Limits = cmp.Or(o.Limits, jsonblob.RequestLimits)
	blobs, err := jsonblob.Extract(o.Memory.Writer(ctx, &out), r, jsonblob.Options{
		Threshold: minFile, MaxDoc: o.MaxDoc, IsFile: o.IsFile, Limits: o.Limits,
	}, func(n int) (io.WriteCloser, error) {
		if n >= 4*o.MaxFiles { // replacing each placeholder copies the document
			return nil, tooManyFiles(o.MaxFiles)
		}
		f, err := store.NewUpload(ctx)
		if err != nil {
			return nil, err
		}
		files, refs = append(files, f), append(refs, f.Placeholder())
		w := &receiver{upload: f}
		if n >= o.MaxFiles {
			w.fail(tooManyFiles(o.MaxFiles))
		}
		return w, nil
	})
	doc = out.Bytes()
	o.Memory.Received()
	if err != nil {
		store.DiscardUploads(refs...)
		return doc, nil, err
	}
	for i, b := range blobs {
		if b.Corrupt {
			files[i].Fail(damaged(&jsonblob.CorruptError{Reason: b.Reason}))
		}
		doc = bytes.Replace(doc, fmt.Appendf(nil, "%q", b.Placeholder), fmt.Appendf(nil, "%q", refs[i]), 1)
	}
	return doc, refs, nil
}

// Receive copies a file to a new upload. The error is that of the store or of reading r. A
// file that cannot be used is no error: see [ReceiveJSON].
func Receive(ctx context.Context, store Assets, r io.Reader) (ref string, err error) {
	f, err := store.NewUpload(ctx)
	if err != nil {
		return "", err
	}
	w := &receiver{upload: f}
	_, err = io.Copy(w, r)
	if errors.As(err, new(*jsonblob.CorruptError)) {
		w.fail(damaged(err))
		err = nil
	}
	_ = w.Close() // it returns no error
	return f.Placeholder(), err
}

// receiver writes to an upload. After an error the remaining bytes are discarded, so that
// the request can be read to its end.
type receiver struct {
	upload Upload
	failed bool
}

func (w *receiver) fail(err error) {
	if !w.failed {
		w.failed = true
		w.upload.Fail(err)
	}
}

// Write implements [io.Writer]; it never fails.
func (w *receiver) Write(p []byte) (int, error) {
	if !w.failed {
		if _, err := w.upload.Write(p); err != nil {
			w.fail(err)
		}
	}
	return len(p), nil
}

// Close implements [io.Closer]; it never fails.
func (w *receiver) Close() error {
	if !w.failed {
		if err := w.upload.Close(); err != nil {
			w.fail(err)
		}
	}
	return nil
}

func tooManyFiles(limit int) error {
	return fault.New(fault.TooLarge, "too_many_files", "A request may have at most %d files.", limit).WithCharge(fault.ChargedNo)
}

// notAFile is the message of a text that cannot be a file.
const notAFile = "expected an http(s) URL, a data URL, base64 or an asset id"

// damaged is the fault of a file that is a data URL or base64, but not a valid one.
func damaged(err error) error {
	var corrupt *jsonblob.CorruptError
	if errors.As(err, &corrupt) {
		return fault.Wrap(err, fault.Invalid, "invalid_base64", "the base64 of the file is damaged: %s", corrupt.Reason).WithCharge(fault.ChargedNo)
	}
	return err
}

// decode stores base64 or a data URL that was too short to be extracted.
func (in *uploads) decode(value string) (*upload, error) {
	data, _, err := jsonblob.Decode(value)
	switch {
	case err != nil && !jsonblob.IsEncoded([]byte(value)):
		return nil, fault.Wrap(err, fault.Invalid, "unknown_file_type", notAFile).WithCharge(fault.ChargedNo)
	case err != nil:
		return nil, damaged(err)
	}
	f, err := in.create(uploadFiles)
	if err != nil {
		return nil, err
	}
	if _, err := f.Write(data); err != nil {
		_ = f.Abort()
		return nil, err
	}
	return f, f.Close()
}

// check returns the faults of an input's uploads: those in a field that takes no file and,
// if failed is true, those that have failed. Otherwise [Service.loadImages] reports them,
// together with the other images.
func (in *uploads) check(s *schema.Schema, input json.RawMessage, failed bool) error {
	var fields map[string]json.RawMessage
	if bytes.Contains(input, []byte(uploadPrefix)) {
		_ = json.Unmarshal(input, &fields) // the schema reports what is no object
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		f, _ := s.Field(name)
		var list []string
		location := func(i int) string { return fmt.Sprintf("body.%s[%d]", name, i) }
		if json.Unmarshal(fields[name], &list) != nil {
			list = make([]string, 1)
			_ = json.Unmarshal(fields[name], &list[0]) // the schema reports a value of another type
			location = func(int) string { return "body." + name }
		}
		for i, value := range list {
			if !strings.HasPrefix(value, uploadPrefix) {
				continue
			}
			err, known := in.failed(value)
			switch {
			case known && !f.Image:
				errs = append(errs, fault.InvalidInput(fault.Detail{Location: location(i), Message: "expected text, not a file"}))
			case err != nil && failed:
				if err = fault.At(location(i), err); len(fault.From(err).Details) == 0 {
					return err // the server's fault, such as a full disk
				}
				errs = append(errs, err)
			}
		}
	}
	return fault.Join(errs...)
}
