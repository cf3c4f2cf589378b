package ark

import (
	"encoding/json"
	"fmt"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/modules/internal/seedream"
)

// parse reads a whole 200. Some images of a series may be missing, with the
// reason in their place; a 200 without any image can carry one of its own.
// Images count even if something beside them has an odd type.
func parse(c provider.Call, in seedream.Request, req request, res provider.Response) (provider.Answer, error) {
	var w answer
	unreadable := res.Decode(&w)
	if w.Model == "" {
		w.Model = c.Model
	}
	a := provider.Answer{Model: w.Model, VendorID: res.Header.Get("X-Request-Id"), Usage: w.Usage}
	var why *fault.Error
	var layers []layer
	for i, d := range w.items() {
		switch {
		case d.URL != "" || d.B64 != "":
			a.Results = append(a.Results, provider.Result{URL: d.URL, Base64: d.B64})
			layers = append(layers, d.layer)
		case d.Error != nil:
			f := d.Error.inside()
			if why == nil {
				why = f
			}
			a.Warnings = append(a.Warnings, fmt.Sprintf("Image %d was not delivered: %s", i+1, f.Message))
		}
	}
	switch {
	case len(a.Results) > 0:
	case unreadable != nil:
		return provider.Answer{}, unreadable
	case w.Error != nil:
		return provider.Answer{}, w.Error.inside()
	case why != nil:
		return provider.Answer{}, why
	case w.Data == nil:
		return provider.Answer{}, fault.New(fault.InDoubt, "answer_unreadable", "The answer of %s to a paid request holds no list of images.", title).WithCharge(fault.ChargedUnknown)
	default:
		return provider.Answer{}, fault.New(fault.VendorFailed, "vendor_failed", "%s made no image and gave no reason.", title).WithCharge(fault.ChargedUnknown)
	}
	if req.Layers {
		a.Usage = withLayers(w.Usage, layers)
		return a, nil // no list says what a layer costs
	}
	a.Cost = cost(w, c.Model, req, len(CapabilitiesOf(c.Model).sent(in)), len(a.Results))
	return a, nil
}

func (w answer) items() []item {
	if w.Data == nil {
		return nil
	}
	return *w.Data
}

// cost is what came, by the list: the vendor's own count where it makes sense.
// The answer names the model behind an endpoint id.
func cost(w answer, asked string, req request, inputs, results int) *provider.Money {
	t := CapabilitiesOf(asked)
	if t.Prices == nil {
		t = CapabilitiesOf(w.Model)
	}
	size := req.Size
	if size == "" {
		size = t.Default
	}
	var u usage
	if json.Unmarshal(w.Usage, &u) == nil && u.Generated > 0 && u.Generated <= len(w.items()) {
		results = u.Generated
	}
	return provider.Cost(t.Prices, facts(size), quantities(results, inputs)...)
}

// withLayers adds to the usage where each layer belongs, in the order of the
// results: without it they could not be put together again.
func withLayers(raw json.RawMessage, layers []layer) json.RawMessage {
	all := map[string]any{}
	_ = json.Unmarshal(raw, &all) // without it the layers stand alone
	if all == nil {               // it was null
		all = map[string]any{}
	}
	all["layers"] = layers
	out, err := json.Marshal(all)
	if err != nil {
		return raw
	}
	return out
}
