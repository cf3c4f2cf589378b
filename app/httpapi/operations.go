package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/service"
	"aigc/app/task"
)

// operation mounts an operation at all its paths; aliases stay out of the
// document.
func (s *Server) operation(op service.Operation) {
	h := func(c echo.Context) error { return s.generate(c, op) }
	for i, p := range op.Entry.Operation.Paths {
		if i > 0 {
			s.access["/api"+p] = keyed
			s.echo.POST("/api"+p, h)
			continue
		}
		s.describe(s.route(http.MethodPost, "/api"+p, "", op.Module.Name, keyed, h), op)
	}
	if p := op.Entry.Operation.StatusPath; p != "" {
		s.route(http.MethodGet, "/api"+p+"*", "A task by our id or the vendor's name of the job", op.Module.Name, keyed, func(c echo.Context) error { return s.status(c, op) })
	}
}

// generate reads, accepts, waits and answers.
func (s *Server) generate(c echo.Context, op service.Operation) error {
	in, err := s.read(c, op)
	if err != nil {
		return err
	}
	defer s.svc.Drop(in.refs...)
	return s.buy(c, op, in.doc)
}

// createAny lets the model decide the module.
func (s *Server) createAny(c echo.Context) error {
	in, err := s.readJSON(c)
	if err != nil {
		return err
	}
	defer s.svc.Drop(in.refs...)
	var m struct {
		Model string `json:"model"`
	}
	_ = json.Unmarshal(in.doc, &m) // the schema reports a wrong type
	op, ok := s.svc.OperationFor(m.Model)
	if !ok {
		return fault.Faults(fault.Detail{Location: "body.model", Message: "no module has this model; see GET /api/models"})
	}
	return s.buy(c, op, in.doc)
}

func (s *Server) buy(c echo.Context, op service.Operation, doc []byte) error {
	r := c.Request()
	x := of(r.Context())
	pref := preferOf(r.Header, s.usualWait(op))
	retries, _ := strconv.Atoi(r.Header.Get("X-Stainless-Retry-Count"))
	// From here on the task goes its way whether the caller stays or not.
	v, replayed, err := s.svc.Create(context.WithoutCancel(r.Context()), service.Request{
		Operation: op, Input: doc, Caller: x.caller, IdempotencyKey: r.Header.Get("Idempotency-Key"), SDKRetry: retries > 0, Tags: tagsOf(r.Header),
	})
	if err != nil {
		return err
	}
	x.task = v.TaskID
	h := c.Response().Header()
	if replayed {
		h.Set("Idempotent-Replayed", "true")
	}
	if pref.applied != "" {
		h.Set("Preference-Applied", pref.applied)
	}
	if pref.wait > 0 && !v.Status.Settled() {
		if v, err = s.svc.Wait(r.Context(), x.caller, v.TaskID, pref.wait); err != nil {
			return err
		}
	}
	return s.answer(c, v)
}

// answer shows a task after a request for it: its result, its failure, or
// where to find it.
func (s *Server) answer(c echo.Context, v *service.View) error {
	h := c.Response().Header()
	h.Set("Location", taskPath(v.TaskID))
	switch {
	case v.Status == task.Succeeded:
		return s.ok(c, http.StatusOK, v)
	case v.Status.Ended():
		return failed(v)
	}
	if v.Status != task.InDoubt {
		h.Set("Retry-After", "2")
	}
	return s.ok(c, http.StatusAccepted, v)
}

// usualWait is how long a request waits without a preference.
func (s *Server) usualWait(op service.Operation) time.Duration {
	if op.Entry.Operation.Kind == module.Video {
		return 0
	}
	return s.SyncWait
}

// preference is what the header Prefer asks (RFC 7240).
type preference struct {
	wait    time.Duration
	applied string
}

// maxWait is the longest a caller may ask a request to wait.
const maxWait = 10 * time.Minute

func preferOf(h http.Header, usual time.Duration) preference {
	p := preference{wait: usual}
	for _, line := range h.Values("Prefer") {
		for part := range strings.SplitSeq(line, ",") {
			part = strings.ToLower(strings.TrimSpace(part))
			if part == "respond-async" {
				return preference{applied: part}
			}
			if n, err := strconv.Atoi(strings.TrimPrefix(part, "wait=")); err == nil && n >= 0 && strings.HasPrefix(part, "wait=") {
				p = preference{wait: min(time.Duration(n)*time.Second, maxWait), applied: part}
			}
		}
	}
	return p
}

// tagsOf are a caller's labels: X-Tags, separated by commas.
func tagsOf(h http.Header) []string {
	var tags []string
	for t := range strings.SplitSeq(h.Get("X-Tags"), ",") {
		if t = strings.TrimSpace(t); t != "" && len(t) <= 64 && len(tags) < 16 {
			tags = append(tags, t)
		}
	}
	return tags
}

func (s *Server) models(c echo.Context) error {
	list := s.svc.Models(c.Request().Context())
	if c.QueryParam("schema") != "true" {
		for i := range list {
			list[i].Schema = nil
		}
	}
	return s.ok(c, http.StatusOK, map[string]any{"models": list})
}

// quote takes {"operation": "gpt.generations", "input": {…}}; instead of the
// operation a model may be named in the input.
func (s *Server) quote(c echo.Context) error {
	in, err := s.readJSON(c)
	if err != nil {
		return err
	}
	defer s.svc.Drop(in.refs...)
	var q struct {
		Operation string          `json:"operation"`
		Input     json.RawMessage `json:"input"`
	}
	if json.Unmarshal(in.doc, &q) != nil || len(q.Input) == 0 {
		return fault.Faults(fault.Detail{Location: "body.input", Message: "expected an object: the body of the operation's own route"})
	}
	op, ok := s.svc.Operation(q.Operation)
	if q.Operation == "" {
		var m struct {
			Model string `json:"model"`
		}
		_ = json.Unmarshal(q.Input, &m) // the schema reports a wrong type
		op, ok = s.svc.OperationFor(m.Model)
	}
	if !ok {
		return fault.Faults(fault.Detail{Location: "body.operation", Message: "there is no such operation; see GET /api/models"})
	}
	quote, err := s.svc.Quote(c.Request().Context(), service.Request{Operation: op, Input: q.Input, Caller: of(c.Request().Context()).caller})
	if err != nil {
		return err
	}
	return s.ok(c, http.StatusOK, quote)
}
