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
	"aigc/app/sandbox/sandboxtest"
)

// folderSink writes the bytes extracted from an answer to files, as the spool does.
type folderSink struct {
	dir   string
	paths []string
	files map[string]extractedFile // by placeholder
}

type extractedFile struct {
	path    string
	corrupt bool
}

// Create implements [provider.BlobSink].
func (s *folderSink) Create(n int) (io.WriteCloser, error) {
	path := filepath.Join(s.dir, fmt.Sprintf("blob-%d-%d", len(s.paths), n))
	s.paths = append(s.paths, path)
	return os.Create(path)
}

// Extracted implements [provider.BlobSink].
func (s *folderSink) Extracted(blobs []jsonblob.Blob) {
	first := len(s.paths) - len(blobs)
	for i, b := range blobs {
		s.files[b.Placeholder] = extractedFile{s.paths[first+i], b.Corrupt}
	}
}

// checkResults returns an error unless each result of an answer is a whole file of the
// operation's medium.
func (o *testTask) checkResults(ctx context.Context, a provider.Answer) error {
	for i, r := range a.Results {
		data, err := o.readResult(ctx, r)
		if err == nil {
			err = checkMedia(o.operation.Operation.Media, data)
		}
		if err != nil {
			return fmt.Errorf("result %d: %w", i, err)
		}
	}
	return nil
}

// readResult reads the bytes of a result as the host does: from a URL without the key,
// unless the driver handles the URL.
func (o *testTask) readResult(ctx context.Context, r provider.Result) ([]byte, error) {
	if r.Base64 == "" {
		return o.fetchResult(ctx, r.URL)
	}
	if f, ok := o.sink.files[r.Base64]; ok {
		if f.corrupt {
			return nil, errors.New("the result's base64 is damaged")
		}
		return os.ReadFile(f.path)
	}
	return base64.StdEncoding.DecodeString(r.Base64) // too short to be extracted
}

func (o *testTask) fetchResult(ctx context.Context, address string) ([]byte, error) {
	if f, ok := o.route.AnyDriver.Driver().(provider.Fetcher); ok && f.Handles(o.call(), address) {
		var b bytes.Buffer
		err := f.Fetch(ctx, o.call(), address, &b)
		return b.Bytes(), err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("result at %q: %w", address, err)
	}
	res, err := o.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the result's URL answered %d", res.StatusCode)
	}
	return io.ReadAll(res.Body)
}

// checkMedia is an error unless the bytes are a complete image or video, as the operation
// makes.
func checkMedia(kind module.Media, data []byte) error {
	switch {
	case kind == module.Video:
		return checkMP4(data)
	case bytes.Contains(data[:min(len(data), 512)], []byte("<svg")):
		return checkXML(data)
	}
	_, _, err := image.Decode(bytes.NewReader(data))
	return err
}

// checkMP4 is an error unless the boxes fill the file, the first is ftyp, and moov and
// mdat are among them.
func checkMP4(data []byte) error {
	seen := map[string]bool{}
	for at := uint64(0); at < uint64(len(data)); {
		remaining := data[at:]
		if len(remaining) < 8 {
			return errors.New("the MP4 is cut short")
		}
		size, name := uint64(binary.BigEndian.Uint32(remaining)), string(remaining[4:8])
		if size == 1 && len(remaining) >= 16 {
			size = binary.BigEndian.Uint64(remaining[8:])
		}
		if at == 0 && name != "ftyp" {
			return errors.New("not an MP4: the first box is not ftyp")
		}
		if size < 8 || size > uint64(len(remaining)) {
			return errors.New("the MP4 is cut short")
		}
		seen[name] = true
		at += size
	}
	if !seen["moov"] || !seen["mdat"] {
		return errors.New("the MP4 has no moov or no mdat")
	}
	return nil
}

func checkXML(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// imageInputs opens any id as a PNG of 320 by 320 pixels with the id as a comment; one
// that begins with "mask" has transparent areas.
type imageInputs struct{}

var imageCache sync.Map // provider.ImageRef to []byte

// Open implements [provider.AssetOpener].
func (imageInputs) Open(_ context.Context, img provider.ImageRef) (provider.Input, error) {
	data, ok := imageCache.Load(img)
	if !ok {
		var b bytes.Buffer
		spec := picture.Spec{Prompt: string(img) + " fox", Width: 320, Height: 320, Plain: true, Transparent: strings.HasPrefix(string(img), "mask")}
		if err := picture.Encode(&b, picture.Draw(spec), "png", 0); err != nil {
			return provider.Input{}, err
		}
		data, _ = imageCache.LoadOrStore(img, sandboxtest.AddComment(b.Bytes(), string(img)))
	}
	file := data.([]byte)
	return provider.Input{
		Name: string(img) + ".png", URL: "https://gateway.example/api/images/" + string(img) + ".png", MIME: "image/png", Size: int64(len(file)), Width: 320, Height: 320,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil },
	}, nil
}
