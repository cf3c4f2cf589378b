package httpapi

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/schema"
	"aigc/app/service"
	"aigc/app/strictjson"
)

// This file has the routes of the replaced service that serve every module.

// createAny handles POST /api/images/create: the field model selects the module.
func (s *Server) createAny(c echo.Context) error {
	in, err := s.readJSON(c, service.FileFieldsOf(s.catalog.Operations()...).Has) // the operation is known only after its model
	if err != nil {
		return err
	}
	defer s.discard(in)
	doc := anySchema.Relax(in.doc)
	op, id, ok := s.catalog.OperationFor(modelOf(doc))
	if !ok {
		return s.unknownModel("body.model")
	}
	doc, warnings := fitInput(op, doc, id)
	return s.createTask(c, op, in, doc, warnings)
}

// anySchema has the fields that the route reads before the module is known.
var anySchema = schema.New(reflect.TypeFor[struct {
	Model   string `json:"model,omitempty" minLength:"1"`
	Size    string `json:"size,omitempty" minLength:"1"`
	Quality string `json:"quality,omitempty" minLength:"1"`
}]())

// variations handles POST /api/images/variations, which never worked in the replaced
// service: no current model makes variations of an image without a prompt.
func (s *Server) variations(echo.Context) error {
	return fault.New(fault.Invalid, "variations_not_supported",
		"No model makes variations of an image. Send the image with a prompt to POST /api/flux-kontext/generate, /api/gpt/edits or /api/seededit/generate.").WithCharge(fault.ChargedNo)
}

// unknownModel is the fault of a model that no module has.
func (s *Server) unknownModel(location string) error {
	var names []string
	for _, op := range s.catalog.Operations() {
		if !slices.Contains(names, op.Module.Name) {
			names = append(names, op.Module.Name)
		}
	}
	return fault.InvalidInput(fault.Detail{Location: location, Message: "no module has this model; name its module as module/model. The modules are " + strings.Join(names, ", ") + "; GET /api/models lists their models"})
}

// fitInput sets the field model of an input to id, or removes it, and replaces size and
// quality, which the route accepts for every module, where the operation has no such
// field. A document that is no object, or that decoding would change, is left for the schema
// to reject.
func fitInput(op service.Operation, doc []byte, id string) (_ []byte, warnings []string) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(doc, &fields) != nil || fields == nil || len(strictjson.Check(doc)) > 0 {
		return doc, nil
	}
	notes := &provider.Notes{Model: op.Module.Title}
	var model, size string
	if raw, given := fields["model"]; !given || json.Unmarshal(raw, &model) == nil { // else the schema rejects it
		delete(fields, "model")
		if id != "" {
			fields["model"], _ = json.Marshal(id) // a string
		}
	}
	if _, has := op.Schema.Field("size"); !has && json.Unmarshal(fields["size"], &size) == nil {
		delete(fields, "size")
		fitSize(op, fields, size, notes)
	}
	if _, has := op.Schema.Field("quality"); !has {
		notes.Takes("quality", fields["quality"] != nil, false)
		delete(fields, "quality")
	}
	fitted, err := json.Marshal(fields)
	if err != nil {
		return doc, nil // not possible: the values are valid JSON
	}
	return fitted, notes.Warnings()
}

// fitSize expresses a size by width and height, or by the nearest aspect_ratio, whichever
// the operation has.
func fitSize(op service.Operation, fields map[string]json.RawMessage, size string, notes *provider.Notes) {
	w, h, ok := provider.ParseSize(size)
	_, isRatio := provider.ParseRatio(size)
	_, hasWidth := op.Schema.Field("width")
	_, hasHeight := op.Schema.Field("height")
	ratio, hasRatio := op.Schema.Field("aspect_ratio")
	set := func(name, value string) {
		if fields[name] == nil {
			fields[name] = json.RawMessage(value)
		}
	}
	switch {
	case ok && hasWidth && hasHeight:
		set("width", fmt.Sprint(w))
		set("height", fmt.Sprint(h))
	case ok && hasRatio && len(ratio.Enum) > 0:
		shapes := slices.DeleteFunc(slices.Clone(ratio.Enum), func(s string) bool { _, ok := provider.ParseRatio(s); return !ok })
		nearest := provider.NearestShape(shapes, w, h)
		set("aspect_ratio", fmt.Sprintf("%q", nearest))
		notes.Replaced("size "+size, "aspect_ratio "+nearest, "%s has no size", notes.Model)
	case isRatio && hasRatio:
		set("aspect_ratio", fmt.Sprintf("%q", size))
	default:
		notes.Takes("size", size != "" && size != "auto", false)
	}
}
