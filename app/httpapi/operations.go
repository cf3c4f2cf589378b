package httpapi

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/service"
	"aigc/app/strictjson"
	"aigc/app/task"
	"aigc/app/web"
)

// mountOperation mounts an operation at all its paths, and the status routes of the
// replaced service if the operation has them.
func (s *Server) mountOperation(op service.Operation) {
	h := func(c echo.Context) error { return s.generate(c, op) }
	for i, p := range op.Registered.Operation.Paths {
		o := s.route(http.MethodPost, "/api"+p, "", op.Module.Name, web.Keyed, h)
		s.documentOperation(o, op)
		o.OperationID = toolOperationID(op.Registered.Operation.Tool, op.Registered.Operation.Paths, i)
	}
	if p := op.Registered.Operation.StatusPath; p != "" {
		o := s.route(http.MethodGet, "/api"+p+"*", "Get a task by its id or the vendor's job name", op.Module.Name, web.Keyed, func(c echo.Context) error { return s.videoStatus(c, op) })
		s.envelopeResponse(o, http.StatusOK, "The task.", reflect.TypeFor[VideoStatus]())
	}
	if p := op.Registered.Operation.TaskPath; p != "" {
		o := s.route(http.MethodGet, "/api"+p, "Get a task by its id or the vendor's job name", op.Module.Name, web.Keyed, func(c echo.Context) error { return s.videoTask(c, op) })
		queryParam(o, "id", &huma.Schema{Type: huma.TypeString, MinLength: new(1)}, "Id of the task, or the vendor's job name.")
		o.Parameters[0].Required = true
		problems(o, http.StatusNotFound)
		s.envelopeResponse(o, http.StatusOK, "The task.", reflect.TypeFor[videoByID]())
	}
}

// generate handles the route of an operation.
func (s *Server) generate(c echo.Context, op service.Operation) error {
	in, err := s.readInput(c, op)
	if err != nil {
		return err
	}
	defer s.discard(in)
	return s.createTask(c, op, in, in.doc, nil)
}

// createTask creates a task, or finds the earlier one that the request repeats, waits
// for it and responds. doc is made of in; warnings are on what was left out of it. While
// it waits, the memory of in is free.
func (s *Server) createTask(c echo.Context, op service.Operation, in *input, doc []byte, warnings []string) error {
	r := c.Request()
	x := web.Of(r.Context())
	if err := checkHeaders(r.Header, "Idempotency-Key", "X-Tags"); err != nil {
		return err
	}
	pref := parsePrefer(r.Header, s.defaultWait(op))
	retries, _ := strconv.Atoi(r.Header.Get("X-Stainless-Retry-Count"))
	v, replayed, err := s.tasks.Create(r.Context(), service.Request{
		Operation: op, Input: doc, Caller: x.Caller, RequestID: x.ID, IdempotencyKey: r.Header.Get("Idempotency-Key"), SDKRetry: retries > 0, Tags: parseTags(r.Header),
		Wait: pref.wait, Parsed: func() { in.doc = nil; in.memory.Release() }, Warnings: warnings, Begun: x.Started(), Delivery: x,
		NoJoin: isTrue(r.Header, noJoinHeader), JoinWithKey: isTrue(r.Header, joinHeader), Follow: isTrue(r.Header, followHeader),
	})
	if err != nil {
		return err
	}
	x.Task = v.TaskID
	h := c.Response().Header()
	if v.Joined {
		h.Set(joinedHeader, "true")
	}
	if replayed {
		h.Set("Idempotent-Replayed", "true")
	}
	if pref.applied != "" {
		h.Set("Preference-Applied", pref.applied)
	}
	return s.respondTask(c, op, v)
}

// Headers of joining: see [service.Request].
const (
	joinedHeader = "Aigc-Joined"  // of a response
	noJoinHeader = "Aigc-No-Join" // of requests, like those below
	joinHeader   = "Aigc-Join"
	followHeader = "Aigc-Follow"
)

func isTrue(h http.Header, name string) bool {
	v, err := strconv.ParseBool(strings.TrimSpace(h.Get(name)))
	return err == nil && v
}

// checkHeaders refuses headers whose text is stored, if it is not UTF-8.
func checkHeaders(h http.Header, names ...string) error {
	var faults []fault.Detail
	for _, name := range names {
		if !utf8.ValidString(h.Get(name)) {
			faults = append(faults, fault.Detail{Location: "header." + name, Message: strictjson.NotUTF8})
		}
	}
	return fault.InvalidInput(faults...)
}

// respondTask responds to the request that created a task: 200 with the result, an
// error if the task failed or was canceled, else 202 with the task's URL.
func (s *Server) respondTask(c echo.Context, op service.Operation, v *service.View) error {
	h := c.Response().Header()
	var data any = v
	if op.Registered.Operation.StatusPath != "" {
		data = newVideoTask(v)
	}
	h.Set("Location", s.Public.Task(v.TaskID))
	switch {
	case v.Status == task.Succeeded:
		return s.respond(c, http.StatusOK, data)
	case v.Status.Terminal():
		return taskError(v)
	}
	if v.Status != task.InDoubt {
		h.Set("Retry-After", "2")
	}
	return s.respond(c, http.StatusAccepted, data)
}

// defaultWait is how long a request waits without the header Prefer: SyncWait for
// an image, not at all for a video.
func (s *Server) defaultWait(op service.Operation) time.Duration {
	if op.Registered.Operation.Media == module.Video {
		return 0
	}
	return s.SyncWait
}

// parseTags reads the header X-Tags: labels separated by commas. It ignores labels
// longer than 64 bytes and all after the first 16.
func parseTags(h http.Header) []string {
	var tags []string
	for t := range strings.SplitSeq(h.Get("X-Tags"), ",") {
		if t = strings.TrimSpace(t); t != "" && len(t) <= 64 && len(tags) < 16 {
			tags = append(tags, t)
		}
	}
	return tags
}
