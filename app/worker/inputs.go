package worker

import (
	"context"
	"encoding/json"
	"path"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

// inputs opens the stored images that an input names by asset id.
type inputs struct{ w *core }

// Open implements [provider.AssetOpener].
func (in inputs) Open(ctx context.Context, img provider.ImageRef) (provider.Input, error) {
	a, err := in.w.Ledger.Asset(ctx, string(img))
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return provider.Input{}, unreadable(err)
	}
	if err != nil {
		return provider.Input{}, fault.Wrap(err, fault.Invalid, "input_gone", "An image of the input is not stored any more.").WithCharge(fault.ChargedNo)
	}
	if _, err := in.w.Blobs.Stat(ctx, a.Object); err != nil {
		return provider.Input{}, unreadable(err)
	}
	out := provider.Input{
		URL: in.address(a.Object), Name: path.Base(a.Object), MIME: a.MIME, Size: a.Size, SHA256: a.SHA256, Width: a.Width, Height: a.Height,
		Open: in.opener(ctx, a.Object),
	}
	if strings.HasPrefix(a.MIME, "image/") {
		out.Image = inputImage{in, ctx, a}
	}
	return out, nil
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
