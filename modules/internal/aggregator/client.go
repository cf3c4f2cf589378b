package aggregator

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
)

// imageDriver makes images of any input with a common vocabulary.
type imageDriver[In provider.CommonInput] struct{ poller }

// Plan implements [module.Planner]. The price is the host's, so there is no quote.
func (imageDriver[In]) Plan(in In, t module.Target) module.Plan {
	c := in.Common()
	_, warnings := fields(c, t.Model)
	return module.Plan{Count: max(1, c.N), RandomSeed: c.Seed == nil, Warnings: warnings}
}

// Check implements [module.Checker].
func (imageDriver[In]) Check(in In, _ module.Target) []module.FieldError {
	return append(checkPrompt(in), omitted(in)...)
}

// omitted reports images for which the vocabulary has no place.
func omitted(in provider.CommonInput) (faults []module.FieldError) {
	for _, name := range in.Common().Omitted {
		faults = append(faults, module.FieldError{Field: name, Message: "the aggregator has no field for it: leave it out, or use the vendor's own key"})
	}
	return faults
}

// checkPrompt reports a blank prompt, unless the input's own rules do.
func checkPrompt(in provider.CommonInput) []module.FieldError {
	if c, ok := in.(module.InputChecker); ok && len(c.Check()) > 0 || strings.TrimSpace(in.Common().Prompt) != "" {
		return nil
	}
	return []module.FieldError{{Field: "prompt", Message: "must not be empty"}}
}

// Submit implements [provider.MixedDriver]. A mask, and the images of OpenAI's models, go
// to the endpoint of edits as files; the images of other models are fields of a
// generation.
func (imageDriver[In]) Submit(ctx context.Context, c provider.Call, in In) (provider.Outcome, error) {
	common := in.Common()
	f, _ := fields(common, c.Model)
	out, err := submitImages(ctx, c, common, f)
	if err != nil {
		return out, err
	}
	if _, _, exact := provider.ParseSize(common.Size); exact {
		if out.Answer != nil {
			setSize(out.Answer.Results, common.Size)
		} else {
			out.Ticket.Data, _ = json.Marshal(ticketData{Size: common.Size}) // a struct of text
		}
	}
	return out, nil
}

// setSize sets the requested size of results: some ids of hosts make only one size.
func setSize(results []provider.Result, size string) {
	for i := range results {
		results[i].Size = size
	}
}

func submitImages(ctx context.Context, c provider.Call, common provider.Common, f map[string]any) (provider.Outcome, error) {
	if common.Mask != "" || isOpenAI(c.Model) && len(common.Images) > 0 {
		return submitEdit(ctx, c, common, f)
	}
	e := provider.NewEmbedder(c)
	switch images := e.AddAll(ctx, imageRule, common.Images); len(images) {
	case 0:
	case 1:
		f["image"] = images[0]
	default:
		f["images"] = images
	}
	body, err := e.Body(f)
	if err != nil {
		return provider.Outcome{}, err
	}
	return submit(ctx, c, provider.Request{URL: "/v1/images/generations", Body: body})
}

func submitEdit(ctx context.Context, c provider.Call, common provider.Common, f map[string]any) (provider.Outcome, error) {
	out, mask := form(f), maskRule
	mask.Alpha = isOpenAI(c.Model)
	e := provider.NewEmbedder(c)
	e.EditFiles(ctx, out, imageRule, common.Images, mask, common.Mask)
	if err := e.Err(); err != nil {
		return provider.Outcome{}, err
	}
	return submit(ctx, c, provider.Request{URL: "/v1/images/edits", Form: out})
}

var maskRule = provider.ImageRule{Field: "mask", Who: "The aggregator", Types: []string{"image/png"}}

// submit sends a paid request and reads its answer.
func submit(ctx context.Context, c provider.Call, r provider.Request) (provider.Outcome, error) {
	r.Paid, r.Authorize = true, provider.Bearer(c)
	res, err := c.HTTP.Do(ctx, c, r)
	if err != nil {
		return provider.Outcome{}, err
	}
	if !res.OK() {
		return provider.Outcome{}, responseFault(c, res)
	}
	return outcome(c, res)
}

// servedModels asks the host for the models that it serves.
func servedModels(ctx context.Context, c provider.Call) ([]string, error) {
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: "/v1/models", Authorize: provider.Bearer(c)})
	if err != nil {
		return nil, err
	}
	switch {
	case res.OK():
	case res.Status == http.StatusNotFound:
		return nil, fault.New(fault.NotFound, "no_models", "The address has no list of models (status 404); see IMAGES_API_BASE_URL.")
	default:
		return nil, responseFault(c, res)
	}
	var w struct {
		Data []struct {
			ID provider.Text `json:"id"`
		} `json:"data"`
	}
	if err := res.Decode(&w); err != nil {
		return nil, err
	}
	var ids []string
	for _, m := range w.Data {
		if m.ID != "" {
			ids = append(ids, string(m.ID))
		}
	}
	return ids, nil
}
