package service

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"strconv"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

// checkImages returns the faults that the driver finds in the input's images: types, sizes
// and shapes that its vendor does not accept. The driver knows them only when it builds
// the request, so it builds one here that cannot be sent. Any other error of the driver,
// such as that of a key, says nothing of the images and is ignored: the worker has it
// again.
func (d *draft) checkImages(ctx context.Context) (err error) {
	if len(d.images) == 0 {
		return nil
	}
	fields := maps.Clone(d.input)
	for i, p := range d.images {
		p.replaceIn(fields, rehearsed+strconv.Itoa(i))
	}
	raw, _ := json.Marshal(fields) // the values are valid raw JSON
	defer func() {
		if recover() != nil { // the worker reports a driver that panics
			err = nil
		}
	}()
	_, _, err = d.Route.AnyDriver.Submit(ctx, provider.Call{
		Task: rehearsed, Submit: rehearsed, Model: d.Target.Model, Inputs: draftImages{d}, Prices: d.Route.Prices,
		Account: provider.Account{Vendor: d.Target.Vendor, BaseURL: d.Target.BaseURL},
		HTTP:    &provider.Client{HTTP: &http.Client{Transport: unsent{}}, BeforeSend: func() error { return errUnsent }},
	}, raw)
	if f := fault.From(err); f != nil && f.Kind == fault.Invalid && len(f.Details) > 0 {
		return f
	}
	return nil
}

const rehearsed = "check:" // before the index of an image in a draft

var errUnsent = errors.New("a request that is only built is not sent")

// unsent is a transport that sends nothing.
type unsent struct{}

// RoundTrip implements [http.RoundTripper].
func (unsent) RoundTrip(*http.Request) (*http.Response, error) { return nil, errUnsent }

// draftImages opens the loaded images of a draft, see [draft.checkImages].
type draftImages struct{ *draft }

// Open implements [provider.AssetOpener].
func (d draftImages) Open(_ context.Context, img provider.ImageRef) (provider.Input, error) {
	i, err := strconv.Atoi(strings.TrimPrefix(string(img), rehearsed))
	if err != nil || i < 0 || i >= len(d.images) {
		return provider.Input{}, errUnsent
	}
	p := d.images[i]
	in := provider.Input{Name: "image", URL: "https://assets.invalid/image"} // whether vendors can fetch it, the worker knows
	if p.asset != nil {
		in.MIME, in.Size, in.Width, in.Height = p.asset.MIME, p.asset.Size, p.asset.Width, p.asset.Height
		in.Open = func() (io.ReadCloser, error) { return nil, errUnsent }
		return in, nil
	}
	in.MIME, in.Size, in.Width, in.Height = p.info.MIME, p.file.size, p.info.Width, p.info.Height
	in.Open = func() (io.ReadCloser, error) { return os.Open(p.file.path) }
	return in, nil
}
