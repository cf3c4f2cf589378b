package worker

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"aigc/app/blob"
	"aigc/app/fault"
	"aigc/app/media"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// stillRig has a file of the media tests as an asset in a store.
func stillRig(t *testing.T, file string) inputImage {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "media", "testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	info, err := media.Inspect(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	store, err := blob.NewDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if err := store.Put(t.Context(), "a/"+file, bytes.NewReader(data), int64(len(data)), blob.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	address := func(object string) string { return "https://gateway.example/" + object }
	journal, err := spool.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &core{Config: Config{Blobs: store, Spool: journal, Address: address, Images: media.NewDecoder(media.MaxDecode)}}
	return inputImage{inputs{w}, t.Context(), &task.Asset{Object: "a/" + file, MIME: info.MIME, Width: info.Width, Height: info.Height}}
}

// A converted image lies beside its original, so that a vendor can fetch it and further
// submissions find it.
func TestUpright(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]struct {
		object, mime string
		w, h         int
	}{
		"lzw.tiff":    {"a/lzw.tiff.converted.png", "image/png", 40, 20},
		"turned.tiff": {"a/turned.tiff.converted.png", "image/png", 20, 40},
		"turned.webp": {"a/turned.webp.converted.png", "image/png", 20, 40},
		"profile.jpg": {"a/profile.jpg.converted.jpg", "image/jpeg", 40, 20},
	} {
		i := stillRig(t, file)
		var all sync.WaitGroup
		for range 4 { // the children of a group convert the same image
			all.Go(func() {
				if in, err := i.Upright(); err != nil || in.MIME != want.mime || in.Width != want.w || in.Height != want.h || in.URL != "https://gateway.example/"+want.object {
					t.Errorf("%s: %+v, %v", file, in, err)
				}
			})
		}
		all.Wait()
		in, err := i.Upright()
		if err != nil {
			t.Fatal(err)
		}
		r, err := in.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		_ = r.Close()
		info, bad := media.Upload(bytes.NewReader(data), int64(len(data)))
		if err != nil || bad != nil || int64(len(data)) != in.Size || info.Width != want.w || info.Height != want.h || info.Orientation != 1 {
			t.Errorf("%s: %+v, %v %v", file, info, err, bad)
		}
		if blob.Original(want.object) != "a/"+file {
			t.Errorf("%s is of %s", want.object, blob.Original(want.object))
		}
	}
}

// An image that cannot be converted is a fault of the input; a store that fails is not.
func TestUprightFaults(t *testing.T) {
	t.Parallel()
	_, err := stillRig(t, "cmyk.tiff").Upright()
	if f := fault.From(err); err == nil || f.Kind != fault.Invalid || f.Charged != fault.ChargedNo || f.Message != "cannot be converted, because it has CMYK colors: convert it to an upright PNG or JPEG" {
		t.Errorf("%v", err)
	}
	if f := fault.From(undecodable(media.ErrTooBig)); f.Kind != fault.Invalid || f.Charged != fault.ChargedNo {
		t.Errorf("%v", f)
	}
	i := stillRig(t, "lzw.tiff")
	i.asset.Object = "a/gone.tiff"
	if _, err = i.Upright(); fault.KindOf(err) == fault.Invalid || err == nil {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	i = stillRig(t, "lzw.tiff")
	i.ctx = ctx
	if _, err = i.Upright(); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
}

func TestImageFile(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]struct {
		turned bool
		alpha  provider.Alpha
	}{
		"turned.webp":         {true, provider.Alpha{}},
		"lossless_alpha.webp": {false, provider.Alpha{Channel: true, Transparent: true}},
		"interlaced.png":      {false, provider.Alpha{}},
	} {
		i := stillRig(t, file)
		turned, err := i.Turned()
		alpha, alphaErr := i.Alpha()
		if err != nil || alphaErr != nil || turned != want.turned || alpha != want.alpha {
			t.Errorf("%s: %t %+v, %v %v", file, turned, alpha, err, alphaErr)
		}
	}
}
