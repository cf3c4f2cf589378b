package contentcoding

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// layers are the decoders by coding. A decoder is nil if the input is not in the coding;
// nothing of it is consumed then. done, unless nil, frees the decoder.
var layers = map[string]func(*bufio.Reader) (out io.Reader, done func()){
	"gzip":    gunzip,
	"deflate": inflate,
	"br":      unbrotli,
	"zstd":    unzstd,
}

// gunzip decodes one or several gzip members. Anything after them that is no member,
// such as padding, is ignored.
func gunzip(in *bufio.Reader) (io.Reader, func()) {
	if !startsWith(in, gzipMagic) {
		return nil, nil
	}
	return &members{in: in}, nil
}

const gzipMagic, zstdMagic = "\x1f\x8b\x08", "\x28\xb5\x2f\xfd"

func startsWith(in *bufio.Reader, magic string) bool {
	head, _ := in.Peek(len(magic))
	return string(head) == magic
}

type members struct {
	in *bufio.Reader
	gz *gzip.Reader
}

// Read implements [io.Reader].
func (m *members) Read(p []byte) (int, error) {
	for {
		if m.gz == nil {
			gz, err := gzip.NewReader(m.in)
			if err != nil {
				return 0, unexpected(err)
			}
			gz.Multistream(false)
			m.gz = gz
		}
		n, err := m.gz.Read(p)
		if err != io.EOF || n > 0 {
			return n, ignoreEnd(err)
		}
		if !startsWith(m.in, gzipMagic) {
			_, _ = io.CopyN(io.Discard, m.in, 4<<10) // to the end of the body, so that its connection can be used again
			return 0, io.EOF
		}
		if err := m.gz.Reset(m.in); err != nil {
			return 0, unexpected(err)
		}
		m.gz.Multistream(false)
	}
}

// ignoreEnd leaves an io.EOF that came with bytes to the next read.
func ignoreEnd(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// unexpected is io.ErrUnexpectedEOF for an end within a header.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// inflate decodes deflate with zlib's header, as the standard says, or without it, as
// some servers send it. The checksum at the end is not needed: the last block of the
// format says that it is the last.
func inflate(in *bufio.Reader) (io.Reader, func()) {
	if head, _ := in.Peek(2); len(head) == 2 && head[0]&0x0f == 8 && head[1]&0x20 == 0 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		_, _ = in.Discard(2)
		return flate.NewReader(in), nil
	}
	if !decodes(in, func(r io.Reader) io.Reader { return flate.NewReader(r) }) {
		return nil, nil
	}
	return flate.NewReader(in), nil
}

func unbrotli(in *bufio.Reader) (io.Reader, func()) {
	if !decodes(in, func(r io.Reader) io.Reader { return brotli.NewReader(r) }) {
		return nil, nil
	}
	return brotli.NewReader(in), nil
}

// decodes reports whether the first bytes of in can be decoded: for codings whose first
// bytes are not fixed.
func decodes(in *bufio.Reader, decoder func(io.Reader) io.Reader) bool {
	head, _ := in.Peek(1 << 10)
	if len(head) == 0 {
		return false
	}
	_, err := io.Copy(io.Discard, io.LimitReader(decoder(bytes.NewReader(head)), 1<<20))
	return err == nil || errors.Is(err, io.ErrUnexpectedEOF)
}

// maxWindow is the window that RFC 9659 allows to zstd in HTTP.
const maxWindow = 8 << 20

func unzstd(in *bufio.Reader) (io.Reader, func()) {
	if !startsWith(in, zstdMagic) {
		return nil, nil
	}
	d, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
	if err != nil { // the options are constant
		return nil, nil
	}
	return d, d.Close
}
