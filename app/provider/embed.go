package provider

import (
	"context"
	"fmt"

	"aigc/app/fault"
	"aigc/app/jsonblob"
)

// Embedder checks the images and videos of an input against rules and puts them into a
// request. It collects all faults of the input, so that a caller gets them at once: call
// [Embedder.Err] or [Embedder.Body] before anything is sent. The files are streamed:
// they are opened when the request is read. Use an Embedder for one request only.
type Embedder struct {
	call   Call
	files  jsonblob.Files
	faults []fault.Detail // of the input
	err    error          // the object store failed to open a file
}

// NewEmbedder makes an Embedder for a submission.
func NewEmbedder(c Call) *Embedder { return &Embedder{call: c} }

// Open opens one file and checks it against a rule, for drivers that send it in a
// [Form]. A TIFF is converted to PNG if the vendor does not take TIFF. ok is false if img
// is empty, or the file breaks the rule or cannot be opened.
func (e *Embedder) Open(ctx context.Context, rule ImageRule, img ImageRef) (in Input, ok bool) {
	if img == "" || e.err != nil {
		return Input{}, false
	}
	in, err := e.call.Inputs.Open(ctx, img)
	if err != nil {
		e.err = err
		return Input{}, false
	}
	if in.MIME == mimeTIFF && !rule.takes(mimeTIFF) && in.Image != nil {
		converted, err := in.Image.Upright()
		if !e.try(rule.Field, err) {
			return in, false
		}
		in = converted
	}
	if m := rule.Check(in); m != "" {
		e.Fault(rule.Field, m)
		return in, false
	}
	return in, true
}

// OpenUpright is [Embedder.Open] for an image that a mask belongs to. An image that is
// stored otherwise than it is shown is converted: a mask is made for the image as it is
// shown, and vendors differ in whether they turn the image.
func (e *Embedder) OpenUpright(ctx context.Context, rule ImageRule, img ImageRef) (in Input, ok bool) {
	if in, ok = e.Open(ctx, rule, img); !ok || in.Image == nil {
		return in, ok
	}
	turned, err := in.Image.Turned()
	if !e.try(rule.Field, err) || !turned {
		return in, err == nil
	}
	stored := in
	in, err = in.Image.Upright()
	if !e.try(rule.Field, err) {
		return stored, false
	}
	if m := rule.Check(in); m != "" {
		e.Fault(rule.Field, m+" (after it was turned upright, as its EXIF orientation says)")
		return in, false
	}
	return in, true
}

// OpenMasked is [Embedder.OpenUpright] if a mask belongs to the image, else
// [Embedder.Open].
func (e *Embedder) OpenMasked(ctx context.Context, rule ImageRule, img, mask ImageRef) (Input, bool) {
	if mask == "" {
		return e.Open(ctx, rule, img)
	}
	return e.OpenUpright(ctx, rule, img)
}

// EditFiles adds the files of an edit to a form as OpenAI reads them: an image as "image",
// several as "image[]", and a mask, which belongs to the first image.
func (e *Embedder) EditFiles(ctx context.Context, form *Form, image ImageRule, images []ImageRef, maskRule ImageRule, mask ImageRef) {
	name := "image"
	if len(images) > 1 {
		name = "image[]" // OpenAI accepts several files only under this name
	}
	var first Input
	for i, img := range images {
		var file Input
		var ok bool
		if i == 0 {
			file, ok = e.OpenMasked(ctx, image, img, mask)
			first = file
		} else {
			file, ok = e.Open(ctx, image, img)
		}
		if ok {
			form.File(name, file)
		}
	}
	if file, ok := e.OpenMask(ctx, maskRule, mask, first, "the first image"); ok {
		form.File("mask", file)
	}
}

// OpenMask opens the mask of an image, which must be of the image's size. which names the
// image in messages: "the first image".
func (e *Embedder) OpenMask(ctx context.Context, rule ImageRule, img ImageRef, image Input, which string) (Input, bool) {
	mask, ok := e.OpenUpright(ctx, rule, img)
	if !ok {
		return mask, false
	}
	if image.Width > 0 && (mask.Width != image.Width || mask.Height != image.Height) {
		e.Fault(rule.Field, sizeMismatch(mask, image, which))
		return mask, false
	}
	if !rule.Alpha || mask.Image == nil {
		return mask, true
	}
	alpha, err := mask.Image.Alpha()
	switch {
	case !e.try(rule.Field, err):
		return mask, false
	case !alpha.Channel:
		e.Fault(rule.Field, "has no alpha channel: save it as a PNG with transparency, in which the area to change is transparent")
		return mask, false
	case !alpha.Transparent:
		e.Fault(rule.Field, "has no transparent pixel: make the area to change transparent")
		return mask, false
	}
	return mask, true
}

// sizeMismatch says that a mask is not of the size of its image.
func sizeMismatch(mask, image Input, which string) string {
	m := fmt.Sprintf("is %dx%d pixels, %s is %dx%d: they must be of one size", mask.Width, mask.Height, which, image.Width, image.Height)
	if mask.Width == image.Height && mask.Height == image.Width {
		m += "; one of the two is turned by 90 degrees (sizes are as shown, by EXIF orientation)"
	}
	return m
}

// try notes an error of [ImageFile], and reports whether there is none: one of the image
// is a fault of its field.
func (e *Embedder) try(field string, err error) bool {
	switch f := fault.From(err); {
	case err == nil:
		return true
	case f.Kind == fault.Invalid:
		e.Fault(field, f.Message)
	case e.err == nil:
		e.err = err
	}
	return false
}

// Fault adds a fault of a field of the input.
func (e *Embedder) Fault(field, message string) {
	e.faults = append(e.faults, fault.Detail{Location: "body." + field, Message: message})
}

// Add adds one file and returns the placeholder to put into the request. When the
// request is sent, the placeholder is replaced by the file's base64 or data URL. It is
// empty if img is, or the file breaks the rule or cannot be opened.
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
	return e.AddOpened(rule, in), in.MIME
}

// AddOpened is [Embedder.Add] for a file that [Embedder.Open] returned, for drivers that
// have to compare two files.
func (e *Embedder) AddOpened(rule ImageRule, in Input) string {
	return e.files.Add(jsonblob.File{Prefix: rule.prefix(in), Size: in.Size, Open: in.Open})
}

// AddAll adds several files under one rule.
func (e *Embedder) AddAll(ctx context.Context, rule ImageRule, images []ImageRef) []string {
	var texts []string
	for _, img := range images {
		if text := e.Add(ctx, rule, img); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

// Err is nil if the request can be sent. Else it is the error of a file that could not
// be opened, or one [fault.Invalid] of all faults of the input, not charged.
func (e *Embedder) Err() error {
	if e.err != nil {
		return e.err
	}
	return fault.InvalidInput(e.faults...)
}

// Body marshals v with the files in it, or returns [Embedder.Err]. Every placeholder that
// Add returned must be in v.
func (e *Embedder) Body(v any) (*jsonblob.Body, error) {
	if err := e.Err(); err != nil {
		return nil, err
	}
	body, err := e.files.Embed(v)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "request_body", "The request to the vendor could not be built.").WithCharge(fault.ChargedNo)
	}
	return body, nil
}
