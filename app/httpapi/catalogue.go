package httpapi

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"

	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/schema"
	"aigc/app/service"
	"aigc/app/web"
)

func (s *Server) models(c echo.Context) error {
	list := s.catalog.Models(c.Request().Context())
	if c.QueryParam("schema") != "true" {
		for i := range list {
			list[i].Schema = nil
		}
	}
	return s.ok(c, http.StatusOK, modelsView{list})
}

type modelsView struct {
	Models []service.Model `json:"models"`
}

// quoteRequest asks what a request would cost.
type quoteRequest struct {
	Operation string         `json:"operation,omitempty" doc:"kind of task, as in /api/models; without it the input's model decides" example:"gpt.generations"`
	Input     map[string]any `json:"input" doc:"the body of the operation's own route"`
}

var quoteSchema = schema.New(reflect.TypeFor[quoteRequest]())

// quote tells what a request would do and cost, for nothing.
func (s *Server) quote(c echo.Context) error {
	in, err := s.readJSON(c)
	if err != nil {
		return err
	}
	defer s.assets.DiscardUploads(in.refs...)
	doc, err := quoteSchema.Parse(in.doc)
	if err != nil {
		return err
	}
	var q struct {
		Operation string
		Input     json.RawMessage
	}
	if err := json.Unmarshal(doc, &q); err != nil {
		return err
	}
	op, ok := s.catalog.Operation(q.Operation)
	switch {
	case q.Operation == "":
		if op, ok = s.catalog.OperationFor(modelIn(q.Input)); !ok {
			return noModel("body.input.model")
		}
	case !ok:
		return fault.InvalidInput(fault.Detail{Location: "body.operation", Message: "there is no such operation; see GET /api/models"})
	}
	quote, err := s.catalog.Quote(c.Request().Context(), service.Request{Operation: op, Input: q.Input, Caller: web.Of(c.Request().Context()).Caller})
	if err != nil {
		return within("body.input", err)
	}
	return s.ok(c, http.StatusOK, quote)
}

// modelIn is the model an input names; the schema reports a wrong type.
func modelIn(doc []byte) string {
	var m struct {
		Model string `json:"model"`
	}
	_ = json.Unmarshal(doc, &m)
	return m.Model
}

func noModel(location string) error {
	return fault.InvalidInput(fault.Detail{Location: location, Message: "no module has this model; see GET /api/models"})
}

// within moves the places of an input's faults below the place of the input.
func within(place string, err error) error {
	f := fault.From(err)
	if len(f.Details) == 0 {
		return err
	}
	details := make([]fault.Detail, len(f.Details))
	for i, d := range f.Details {
		details[i] = fault.Detail{Location: place + strings.TrimPrefix(d.Location, "body"), Message: d.Message}
	}
	moved := fault.From(fault.InvalidInput(details...))
	moved.Kind, moved.Code = f.Kind, f.Code
	return moved
}
