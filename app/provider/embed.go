package provider

import (
	"context"

	"aigc/app/fault"
	"aigc/app/jsonblob"
)

// Embedder opens the images and videos that an input names, holds each against
// a rule, and puts them into a request. It collects all faults, so that a caller
// hears of them at once: nothing is sent until [Embedder.Err] or
// [Embedder.Body] was asked. Files are opened when the request is read, and
// streamed. Use it for one request.
type Embedder struct {
	call   Call
	files  jsonblob.Files
	faults []fault.Detail
	err    error // why a file cannot be opened: of our own store, not of the input
}

// NewEmbedder makes one for a submission.
func NewEmbedder(c Call) *Embedder { return &Embedder{call: c} }

// Open opens one file and holds it against a rule, for drivers that send it in
// a [Form]. False if none is named, or it is at fault.
func (e *Embedder) Open(ctx context.Context, rule ImageRule, img ImageRef) (Input, bool) {
	if img == "" || e.err != nil {
		return Input{}, false
	}
	in, err := e.call.Inputs.Open(ctx, img)
	if err != nil {
		e.err = err
		return Input{}, false
	}
	if m := rule.Check(in); m != "" {
		e.Fault(rule.Field, m)
		return in, false
	}
	return in, true
}

// Fault notes what else is wrong with a field of the input.
func (e *Embedder) Fault(field, message string) {
	e.faults = append(e.faults, fault.Detail{Location: "body." + field, Message: message})
}

// Add takes one file, and returns the text that stands for it in the request:
// base64, or a data URL, once it is sent. Empty if none is named, or it is at
// fault.
func (e *Embedder) Add(ctx context.Context, rule ImageRule, img ImageRef) string {
	text, _ := e.AddTyped(ctx, rule, img)
	return text
}

// AddTyped is [Embedder.Add] that also returns the file's media type.
func (e *Embedder) AddTyped(ctx context.Context, rule ImageRule, img ImageRef) (text, mime string) {
	in, ok := e.Open(ctx, rule, img)
	if !ok {
		return "", ""
	}
	return e.files.Add(jsonblob.File{Prefix: rule.prefix(in), Size: in.Size, Open: in.Open}), in.MIME
}

// AddAll takes several files by one rule.
func (e *Embedder) AddAll(ctx context.Context, rule ImageRule, images []ImageRef) []string {
	var texts []string
	for _, img := range images {
		if text := e.Add(ctx, rule, img); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

// Err is what hinders the request: a file that cannot be opened, or all faults
// of the input as one [fault.Invalid]. Nothing was charged.
func (e *Embedder) Err() error {
	if e.err != nil {
		return e.err
	}
	return fault.InvalidInput(e.faults...)
}

// Body is the request as JSON with the files in it, or what hinders it. Every
// text that Add returned must be in v.
func (e *Embedder) Body(v any) (*jsonblob.Body, error) {
	if err := e.Err(); err != nil {
		return nil, err
	}
	body, err := e.files.Embed(v)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "request_body", "The request could not be put together.").WithCharge(fault.ChargedNo)
	}
	return body, nil
}
