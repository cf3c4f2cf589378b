package httpapi

import (
	"cmp"
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/schema"
	"aigc/app/service"
	"aigc/app/web"
)

func (s *Server) models(c echo.Context) error {
	withSchema, err := strconv.ParseBool(cmp.Or(c.QueryParam("schema"), "false"))
	if err != nil {
		return fault.InvalidInput(fault.Detail{Location: "query.schema", Message: "expected true or false"})
	}
	list := s.catalog.Models(c.Request().Context())
	if !withSchema {
		for i := range list {
			list[i].Schema = nil
		}
	}
	return s.respond(c, http.StatusOK, modelsView{list})
}

type modelsView struct {
	Models []service.Model `json:"models"`
}

// quoteRequest is the body of POST /api/quote.
type quoteRequest struct {
	Operation string         `json:"operation,omitempty" doc:"Kind of the task, as in GET /api/models. Default: the operation of the input's model." example:"gpt.generations"`
	Input     map[string]any `json:"input" doc:"Request body of the operation's route."`
}

var quoteSchema = schema.New(reflect.TypeFor[quoteRequest]())

// quote responds with the plan and the list price of a request. It submits
// nothing.
func (s *Server) quote(c echo.Context) error {
	files := service.FileFieldsOf(s.catalog.Operations()...)
	in, err := s.readJSON(c, func(p jsonblob.Path) bool { return len(p) > 1 && p[0].Name == "input" && files.Has(p[1:]) })
	if err != nil {
		return err
	}
	defer s.discard(in)
	doc, err := quoteSchema.Parse(in.doc)
	if err != nil {
		return err
	}
	var q struct { // as quoteRequest; Input is not decoded
		Operation string
		Input     json.RawMessage
	}
	if err := json.Unmarshal(doc, &q); err != nil {
		return err
	}
	op, ok := s.catalog.Operation(q.Operation)
	var warnings []string
	switch {
	case q.Operation == "":
		q.Input = anySchema.Relax(q.Input)
		var id string
		if op, id, ok = s.catalog.OperationFor(modelOf(q.Input)); !ok {
			return s.unknownModel("body.input.model")
		}
		q.Input, warnings = fitInput(op, q.Input, id)
	case !ok:
		return fault.InvalidInput(fault.Detail{Location: "body.operation", Message: "unknown operation; GET /api/models lists all"})
	}
	quote, err := s.catalog.Quote(c.Request().Context(), service.Request{Operation: op, Input: q.Input, Caller: web.Of(c.Request().Context()).Caller, Warnings: warnings})
	if err != nil {
		return prefixLocations("body.input", err)
	}
	return s.respond(c, http.StatusOK, quote)
}

// modelOf returns the field model of an input. A wrong type is reported later, by
// the schema.
func modelOf(doc []byte) string {
	var m struct {
		Model string `json:"model"`
	}
	_ = json.Unmarshal(doc, &m)
	return m.Model
}

// prefixLocations replaces "body" in the locations of an input's faults by prefix,
// the location of the input in this request.
func prefixLocations(prefix string, err error) error {
	f := fault.From(err)
	if len(f.Details) == 0 {
		return err
	}
	details := make([]fault.Detail, len(f.Details))
	for i, d := range f.Details {
		details[i] = fault.Detail{Location: prefix + strings.TrimPrefix(d.Location, "body"), Message: d.Message}
	}
	moved := fault.From(fault.InvalidInput(details...))
	moved.Kind, moved.Code = f.Kind, f.Code
	return moved
}
