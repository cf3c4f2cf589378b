// Package servicetest has a fake module and its fake vendor for tests of the
// service, REST and MCP: one synchronous image operation and one asynchronous
// video operation. The prompt chooses how the vendor behaves; see [Vendor].
//
// Everything below is real: package workertest starts the ledger (SQLite), the
// object store (a folder), the broker and the worker.
package servicetest

import (
	"context"
	"net/http"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
)

// FakeInput is the input of both operations of [FakeModule].
type FakeInput struct {
	Prompt string              `json:"prompt" minLength:"1" maxLength:"1000" doc:"what to draw"`
	Model  string              `json:"model,omitempty"`
	N      int                 `json:"n,omitempty" minimum:"1" maximum:"4" default:"1"`
	Seed   *int64              `json:"seed,omitempty"`
	Style  string              `json:"style,omitempty" enum:"plain,fancy"`
	Image  provider.ImageRef   `json:"image,omitempty" doc:"an image to start from"`
	Images []provider.ImageRef `json:"images,omitempty" maxItems:"16" nullable:"false" doc:"further images"`
}

// planner plans and checks inputs for both operations.
type planner struct{}

// Plan implements [module.Planner].
func (planner) Plan(in FakeInput, t module.Target) module.Plan {
	p := module.Plan{Count: max(1, in.N)}
	p.Quote = t.Cost(nil, provider.Quantity{Unit: "image", N: int64(p.Count)})
	if in.Style == "fancy" {
		p.Warnings = []string{"style became plain."}
	}
	return p
}

// Check implements [module.Checker].
func (planner) Check(in FakeInput, _ module.Target) []module.FieldError {
	if in.Prompt == "forbidden" {
		return []module.FieldError{{Field: "prompt", Message: "is not for drawing"}}
	}
	return nil
}

var price = []provider.Price{{Unit: "image", Micros: 250_000, Currency: "USD"}}

// Models are the models of the image operation; the first one is the default.
var Models = []module.Model{
	{ID: "brush-2", Aliases: []string{"brush"}, Prices: price},
	{ID: "brush-1", Retired: "2026-01-01", Prices: price},
	{ID: "brush-0", Retired: "9999-01-01", Prices: price}, // retired only in future, so still served
}

var vendor = provider.Vendor{Name: "painter", Title: "Painter", BaseURL: "http://127.0.0.1:1", Prefix: "PAINTER"}

// FakeModule is the fake module: gallery.draw makes images, gallery.video videos.
var FakeModule = module.Define(module.Spec{Name: "gallery", Title: "Gallery"},
	module.Declare(module.Operation{
		Name: "draw", Paths: []string{"/gallery/draw", "/gallery/paint"}, Tool: "draw", Media: module.Image, Primary: true,
		Title: "Draw", Doc: "Draws an image.",
	}, module.Sync[FakeInput](vendor, imageGenerator{}, module.Terms{Models: Models, CountField: "n", Submit: 10 * time.Second})),
	module.Declare(module.Operation{
		Name: "video", Paths: []string{"/gallery/video"}, Tool: "video", Media: module.Video, StatusPath: "/gallery/status/", TaskPath: "/gallery/task",
		Title: "Video", Doc: "Makes a video.",
	}, module.Async[FakeInput](vendor, videoDriver{}, module.Terms{
		Models: []module.Model{{ID: "reel-1", Prices: price}}, Submit: 10 * time.Second, Deadline: 30 * time.Second,
		Poll: module.Interval{First: 10 * time.Millisecond, Every: 20 * time.Millisecond},
	})),
)

// reply is the vendor's answer to every call.
type reply struct {
	B64    string `json:"b64,omitempty"`
	ID     string `json:"id,omitempty"`
	Status string `json:"status,omitempty"`
}

func send(ctx context.Context, c provider.Call, path string, body any) (reply, error) {
	var out reply
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: path, Body: body, Paid: body != nil, Authorize: func(r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+c.Account.Secret.Reveal())
		return nil
	}})
	switch {
	case err != nil:
		return out, err
	case res.Status == http.StatusTeapot:
		return out, fault.New(fault.Rejected, "content_refused", "The vendor refused the content.").WithCharge(fault.ChargedNo)
	case res.Status != http.StatusOK:
		return out, res.Fault("Painter", "", "")
	}
	return out, res.Decode(&out)
}

type imageGenerator struct{ planner }

// Generate implements [provider.Generator].
func (imageGenerator) Generate(ctx context.Context, c provider.Call, in FakeInput) (provider.Answer, error) {
	r, err := send(ctx, c, "/draw", in)
	return provider.Answer{Results: []provider.Result{{Base64: r.B64}}}, err
}

type videoDriver struct{ planner }

// Submit implements [provider.Driver].
func (videoDriver) Submit(ctx context.Context, c provider.Call, in FakeInput) (provider.Ticket, error) {
	r, err := send(ctx, c, "/video", in)
	return provider.Ticket{ID: r.ID}, err
}

// Poll implements [provider.Driver].
func (videoDriver) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	r, err := send(ctx, c, "/jobs/"+t.ID, nil)
	if err != nil {
		return provider.Update{}, err
	}
	if r.Status == "done" {
		return provider.Update{Phase: provider.Done, Answer: provider.Answer{Results: []provider.Result{{Base64: r.B64}}}}, nil
	}
	return provider.Update{Progress: 0.5}, nil
}
