package worker

import (
	"context"
	"encoding/json"
	"io"
	"path"

	"aigc/app/fault"
	"aigc/app/provider"
)

// inputs opens the stored images that an input names by asset id.
type inputs struct{ w *core }

// Open implements [provider.AssetOpener].
func (in inputs) Open(ctx context.Context, img provider.ImageRef) (provider.Input, error) {
	a, err := in.w.Ledger.Asset(ctx, string(img))
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return provider.Input{}, fault.Wrap(err, fault.Unavailable, "input_unreadable", "An image of the input cannot be read now.").WithCharge(fault.ChargedNo)
	}
	if err != nil {
		return provider.Input{}, fault.Wrap(err, fault.Invalid, "input_gone", "An image of the input is not stored any more.").WithCharge(fault.ChargedNo)
	}
	if _, err := in.w.Blobs.Stat(ctx, a.Object); err != nil {
		return provider.Input{}, fault.Wrap(err, fault.Unavailable, "input_unreadable", "An image of the input cannot be read now.").WithCharge(fault.ChargedNo)
	}
	address := ""
	if in.w.Address != nil {
		address = in.w.Address(a.Object)
	}
	return provider.Input{
		URL: address, Name: path.Base(a.Object), MIME: a.MIME, Size: a.Size, SHA256: a.SHA256, Width: a.Width, Height: a.Height,
		// A request body may be read after the call that opened it has returned, so the
		// reader must not depend on the call's context.
		Open: func() (io.ReadCloser, error) {
			f, _, err := in.w.Blobs.Open(context.WithoutCancel(ctx), a.Object)
			return f, err
		},
	}, nil
}

// stringField returns a string field of a JSON object; empty if there is none.
func stringField(raw json.RawMessage, name string) string {
	var m map[string]json.RawMessage
	var s string
	if json.Unmarshal(raw, &m) == nil && json.Unmarshal(m[name], &s) == nil {
		return s
	}
	return ""
}
