package provider

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"
)

// Form is a multipart/form-data body that streams its files and has a known length.
type Form struct {
	w     *multipart.Writer
	head  bytes.Buffer // text after the last file
	parts []formPart
}

// formPart is text (headers and fields) or the content of a file.
type formPart struct {
	text []byte
	file *Input
}

// NewForm makes an empty form.
func NewForm() *Form {
	f := &Form{}
	f.w = multipart.NewWriter(&f.head)
	return f
}

// Field adds a text field, unless its value is empty.
func (f *Form) Field(name, value string) {
	if value != "" {
		_ = f.w.WriteField(name, value) // a bytes.Buffer does not fail
	}
}

// File adds a file under a field name.
func (f *Form) File(name string, in Input) {
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", fmt.Sprintf(`form-data; name="%s"; filename="%s"`, name, strings.ReplaceAll(in.Name, `"`, "")))
	h.Set("Content-Type", in.MIME)
	_, _ = f.w.CreatePart(h)
	f.parts = append(f.parts, formPart{text: bytes.Clone(f.head.Bytes())}, formPart{file: &in})
	f.head.Reset()
}

// ContentType is the request's Content-Type, with the boundary.
func (f *Form) ContentType() string { return f.w.FormDataContentType() }

func (f *Form) tail() []byte {
	return append(bytes.Clone(f.head.Bytes()), "\r\n--"+f.w.Boundary()+"--\r\n"...)
}

// Len is the length of the body in bytes.
func (f *Form) Len() int64 {
	n := int64(len(f.tail()))
	for _, p := range f.parts {
		n += int64(len(p.text))
		if p.file != nil {
			n += p.file.Size
		}
	}
	return n
}

// Reader reads the body from its start. It can be called several times, as
// http.Request.GetBody is.
func (f *Form) Reader() (io.ReadCloser, error) {
	var readers []io.Reader
	var files []io.Closer
	for _, p := range f.parts {
		if p.file == nil {
			readers = append(readers, bytes.NewReader(p.text))
			continue
		}
		file := &lazyFile{open: p.file.Open, left: p.file.Size}
		readers, files = append(readers, file), append(files, file)
	}
	readers = append(readers, bytes.NewReader(f.tail()))
	return &formReader{io.MultiReader(readers...), files}, nil
}

type formReader struct {
	io.Reader
	files []io.Closer
}

func (r *formReader) Close() error {
	for _, f := range r.files {
		_ = f.Close()
	}
	return nil
}

// lazyFile opens a file at the first Read, so that not all files of a form are open at
// once. Read fails if the file is longer or shorter than announced.
type lazyFile struct {
	open func() (io.ReadCloser, error)
	file io.ReadCloser
	left int64
}

func (l *lazyFile) Read(p []byte) (int, error) {
	if l.file == nil {
		var err error
		if l.file, err = l.open(); err != nil {
			return 0, err
		}
	}
	n, err := l.file.Read(p)
	l.left -= int64(n)
	if err == io.EOF && l.left != 0 || l.left < 0 {
		return n, fmt.Errorf("a file changed its size while it was being sent")
	}
	return n, err
}

func (l *lazyFile) Close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}
