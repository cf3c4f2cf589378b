package providertest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // results may be of these types
	_ "image/jpeg"
	_ "image/png"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"

	_ "golang.org/x/image/webp" // and of this one

	"aigc/app/jsonblob"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/sandbox/picture"
)

// scratch is a folder for the bytes lifted out of an answer, as the spool is.
type scratch struct {
	dir   string
	paths []string
	files map[string]lifted // by placeholder
}

type lifted struct {
	path    string
	corrupt bool
}

// Create implements [provider.BlobSink].
func (s *scratch) Create(n int) (io.WriteCloser, error) {
	path := filepath.Join(s.dir, fmt.Sprintf("blob-%d-%d", len(s.paths), n))
	s.paths = append(s.paths, path)
	return os.Create(path)
}

// Extracted implements [provider.BlobSink].
func (s *scratch) Extracted(blobs []jsonblob.Blob) {
	first := len(s.paths) - len(blobs)
	for i, b := range blobs {
		s.files[b.Placeholder] = lifted{s.paths[first+i], b.Corrupt}
	}
}

// read are the bytes that a result holds or names, got as the host gets them:
// from an address without the key, unless the driver says that it fetches.
func (o *order) read(ctx context.Context, r provider.Result) ([]byte, error) {
	if r.Base64 == "" {
		return o.fetch(ctx, r.URL)
	}
	if f, ok := o.scratch.files[r.Base64]; ok {
		if f.corrupt {
			return nil, errors.New("the base64 is damaged")
		}
		return os.ReadFile(f.path)
	}
	return base64.StdEncoding.DecodeString(r.Base64) // too short to be lifted
}

func (o *order) fetch(ctx context.Context, address string) ([]byte, error) {
	if f, ok := o.route.AnyDriver.Driver().(provider.Fetcher); ok && f.Handles(o.call(), address) {
		var b bytes.Buffer
		err := f.Fetch(ctx, o.call(), address, &b)
		return b.Bytes(), err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("a result at %q: %w", address, err)
	}
	res, err := o.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("a result's address answered %d", res.StatusCode)
	}
	return io.ReadAll(res.Body)
}

// genuine insists that bytes are what the operation makes.
func genuine(kind module.Media, data []byte) error {
	switch {
	case kind == module.Video:
		return wholeFilm(data)
	case bytes.Contains(data[:min(len(data), 512)], []byte("<svg")):
		return wellFormed(data)
	}
	_, _, err := image.Decode(bytes.NewReader(data))
	return err
}

// wholeFilm insists on an MP4 whose boxes fill the file: ftyp first, then moov
// and mdat among them.
func wholeFilm(data []byte) error {
	seen := map[string]bool{}
	for at := uint64(0); at < uint64(len(data)); {
		rest := data[at:]
		if len(rest) < 8 {
			return errors.New("the film is cut short")
		}
		size, name := uint64(binary.BigEndian.Uint32(rest)), string(rest[4:8])
		if size == 1 && len(rest) >= 16 {
			size = binary.BigEndian.Uint64(rest[8:])
		}
		if at == 0 && name != "ftyp" {
			return errors.New("no film of a known type")
		}
		if size < 8 || size > uint64(len(rest)) {
			return errors.New("the film is cut short")
		}
		seen[name] = true
		at += size
	}
	if !seen["moov"] || !seen["mdat"] {
		return errors.New("the film lacks a part")
	}
	return nil
}

func wellFormed(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// gallery holds the pictures that inputs name: any id, 320 pixels square; one
// that begins with "mask" has transparent parts.
type gallery struct{}

var drawn sync.Map // provider.Image to []byte

// Open implements [provider.AssetOpener].
func (gallery) Open(_ context.Context, img provider.ImageRef) (provider.Input, error) {
	data, ok := drawn.Load(img)
	if !ok {
		var b bytes.Buffer
		spec := picture.Spec{Prompt: string(img) + " fox", Width: 320, Height: 320, Plain: true, Transparent: strings.HasPrefix(string(img), "mask")}
		if err := picture.Encode(&b, picture.Draw(spec), "png", 0); err != nil {
			return provider.Input{}, err
		}
		data, _ = drawn.LoadOrStore(img, b.Bytes())
	}
	file := data.([]byte)
	return provider.Input{
		Name: string(img) + ".png", URL: "https://gateway.example/api/images/" + string(img) + ".png", MIME: "image/png", Size: int64(len(file)), Width: 320, Height: 320,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil },
	}, nil
}
