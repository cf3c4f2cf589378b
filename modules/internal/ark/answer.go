package ark

import (
	"encoding/json"
	"fmt"
	"net/http"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/modules/internal/seedream"
)

// parse decodes a complete answer that is a success. Images of a series may be missing, each with an
// error in its place; an answer without any image can have an error of its own.
// Images count even if another field of the answer has an unexpected type.
func parse(c provider.Call, in seedream.Request, req request, res provider.Response) (provider.Answer, error) {
	var w answer
	decodeErr := res.Decode(&w)
	if w.Model == "" {
		w.Model = provider.Text(c.Model)
	}
	a := provider.Answer{Model: string(w.Model), VendorID: res.Header.Get("X-Request-Id"), Usage: w.Usage}
	var firstFault *fault.Error
	var layers []layer
	for i, d := range w.Data {
		switch {
		case d.URL != "" || d.B64 != "":
			a.Results = append(a.Results, provider.Result{URL: d.URL, Base64: d.B64})
			layers = append(layers, d.layer)
		case d.Error != nil:
			f := d.Error.resultFault()
			if firstFault == nil {
				firstFault = f
			}
			a.Warnings = append(a.Warnings, fmt.Sprintf("Image %d was not delivered: %s", i+1, f.Message))
		}
	}
	switch {
	case len(a.Results) > 0:
	case decodeErr != nil:
		return provider.Answer{}, decodeErr
	case w.Error != nil && w.Error.Message+w.Error.Code != "":
		if res.Status != http.StatusOK { // only of a 200 it is documented what an error means
			return provider.Answer{}, codes.Fault(res, w.Error.withoutRequestID())
		}
		return provider.Answer{}, w.Error.resultFault()
	case firstFault != nil:
		return provider.Answer{}, firstFault
	case w.Data == nil:
		return provider.Answer{}, res.NoResult("The answer of " + title + " to a paid request holds no list of images.")
	default:
		return provider.Answer{}, fault.New(fault.VendorFailed, "vendor_failed", "%s made no image and gave no reason.", title).WithCharge(fault.ChargedUnknown)
	}
	if req.Layers {
		a.Usage = withLayers(w.Usage, layers)
		return a, nil // layers have no list price
	}
	a.Cost = cost(w, c.Model, req, len(CapabilitiesOf(c.Model).sentImages(in)), len(a.Results))
	return a, nil
}

// cost is the list price of the results, counted by the vendor's usage where that
// is plausible. For an endpoint id the answer names the model.
func cost(w answer, asked string, req request, inputs, results int) *provider.Money {
	capabilities := CapabilitiesOf(asked)
	if capabilities.Prices == nil {
		capabilities = CapabilitiesOf(string(w.Model))
	}
	size := req.Size
	if size == "" {
		size = capabilities.Default
	}
	var u usage
	if json.Unmarshal(w.Usage, &u) == nil && u.Generated > 0 && int(u.Generated) <= len(w.Data) {
		results = int(u.Generated)
	}
	return provider.Cost(capabilities.Prices, priceFacts(size), billedQuantities(results, inputs)...)
}

// withLayers adds to the usage the position of each layer, in the order of the
// results: without it the layers cannot be put together again.
func withLayers(raw json.RawMessage, layers []layer) json.RawMessage {
	all := map[string]any{}
	_ = json.Unmarshal(raw, &all) // usage that cannot be decoded is left out
	if all == nil {               // the usage was null
		all = map[string]any{}
	}
	all["layers"] = layers
	out, err := json.Marshal(all)
	if err != nil {
		return raw
	}
	return out
}
