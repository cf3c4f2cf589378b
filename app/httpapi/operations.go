package httpapi

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"aigc/app/module"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/web"
)

// operation mounts an operation at all its paths.
func (s *Server) operation(op service.Operation) {
	h := func(c echo.Context) error { return s.generate(c, op) }
	for i, p := range op.Registered.Operation.Paths {
		o := s.route(http.MethodPost, "/api"+p, "", op.Module.Name, web.Keyed, h)
		s.documentPurchase(o, op)
		if i > 0 { // an alias; ids are unique
			o.OperationID += "_" + strconv.Itoa(i+1)
		}
	}
	if p := op.Registered.Operation.StatusPath; p != "" {
		o := s.route(http.MethodGet, "/api"+p+"*", "A task by our id or the vendor's name of the job", op.Module.Name, web.Keyed, func(c echo.Context) error { return s.status(c, op) })
		s.shows(o, http.StatusOK, "the task", reflect.TypeFor[statusView]())
	}
}

// generate reads, accepts, waits and answers.
func (s *Server) generate(c echo.Context, op service.Operation) error {
	in, err := s.read(c, op)
	if err != nil {
		return err
	}
	defer s.assets.DiscardUploads(in.refs...)
	return s.buy(c, op, in.doc)
}

// createAny lets the model decide the module.
func (s *Server) createAny(c echo.Context) error {
	in, err := s.readJSON(c)
	if err != nil {
		return err
	}
	defer s.assets.DiscardUploads(in.refs...)
	op, ok := s.catalog.OperationFor(modelIn(in.doc))
	if !ok {
		return noModel("body.model")
	}
	return s.buy(c, op, in.doc)
}

func (s *Server) buy(c echo.Context, op service.Operation, doc []byte) error {
	r := c.Request()
	x := web.Of(r.Context())
	pref := preferOf(r.Header, s.usualWait(op))
	retries, _ := strconv.Atoi(r.Header.Get("X-Stainless-Retry-Count"))
	v, replayed, err := s.tasks.Create(r.Context(), service.Request{
		Operation: op, Input: doc, Caller: x.Caller, IdempotencyKey: r.Header.Get("Idempotency-Key"), SDKRetry: retries > 0, Tags: tagsOf(r.Header),
		Wait: pref.wait,
	})
	if err != nil {
		return err
	}
	x.Task = v.TaskID
	h := c.Response().Header()
	if replayed {
		h.Set("Idempotent-Replayed", "true")
	}
	if pref.applied != "" {
		h.Set("Preference-Applied", pref.applied)
	}
	return s.answer(c, op, v)
}

// answer shows a task after a request for it: its result, its failure, or
// where to find it.
func (s *Server) answer(c echo.Context, op service.Operation, v *service.View) error {
	h := c.Response().Header()
	var data any = v
	if op.Registered.Operation.StatusPath != "" {
		data = jobOf(v)
	}
	h.Set("Location", taskPath(v.TaskID))
	switch {
	case v.Status == task.Succeeded:
		return s.ok(c, http.StatusOK, data)
	case v.Status.Terminal():
		return failed(v)
	}
	if v.Status != task.InDoubt {
		h.Set("Retry-After", "2")
	}
	return s.ok(c, http.StatusAccepted, data)
}

// usualWait is how long a request waits without a preference.
func (s *Server) usualWait(op service.Operation) time.Duration {
	if op.Registered.Operation.Media == module.Video {
		return 0
	}
	return s.SyncWait
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
