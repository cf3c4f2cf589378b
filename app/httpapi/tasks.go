package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/web"
)

func (s *Server) taskRoutes() {
	const one = "/api/tasks/:id"
	view := reflect.TypeFor[service.View]()
	s.documentList(s.route(http.MethodGet, "/api/tasks", "List tasks, newest first", "tasks", web.Keyed, s.listTasks))
	get := s.route(http.MethodGet, one, "Get a task; ?wait=30 waits for it to finish", "tasks", web.Keyed, s.getTask)
	queryParam(get, "wait", &huma.Schema{Type: huma.TypeNumber, Minimum: new(0.0)}, "Seconds to wait until the task has ended or is in doubt; at most 600. Default: 0.")
	s.envelopeResponse(get, http.StatusOK, "The task.", view)
	responseLinks(get, http.StatusOK, taskLinks...)
	cancel := s.route(http.MethodPost, one+"/cancel", "Cancel a task", "tasks", web.Keyed, s.cancelTask)
	s.envelopeResponse(cancel, http.StatusOK, "The outcome and the task.", reflect.TypeFor[cancelView]())
	for _, a := range []struct {
		name, summary string
		do            func(context.Context, service.Caller, string) (*service.View, error)
		status        int
	}{
		{"retry", "Submit (and pay) again: a new task for one that failed or is in doubt", s.tasks.Retry, http.StatusAccepted},
		{"resume", "Resume polling of a task whose deadline has passed", s.tasks.Resume, http.StatusOK},
		{"discard", "Close a task in doubt without a result", s.tasks.Discard, http.StatusOK},
	} {
		o := s.route(http.MethodPost, one+"/"+a.name, a.summary, "tasks", web.Keyed, s.taskAction(a.do, a.status))
		delete(o.Responses, "200")
		s.envelopeResponse(o, a.status, "The task after the action; for retry, the new task.", view)
		responseHeaders(o, a.status, "Location", "URL of the task.")
		responseLinks(o, a.status, taskLinks...)
	}
	s.documentEvents(s.route(http.MethodGet, one+"/events", "Stream the state transitions of a task as server-sent events", "tasks", web.Keyed, s.events))
}

func (s *Server) getTask(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("id")
	x := web.Of(ctx)
	wait, err := parseWait(c.QueryParam("wait"))
	if err != nil {
		return err
	}
	var v *service.View
	if wait > 0 {
		v, err = s.tasks.Wait(ctx, x.Caller, id, wait)
	} else {
		v, err = s.tasks.Get(ctx, x.Caller, id)
	}
	if err != nil {
		return err
	}
	x.Task = v.TaskID
	s.delivers(c, v)
	return s.respond(c, http.StatusOK, v)
}

// delivers says that a response to GET has the task, which ends joining.
func (s *Server) delivers(c echo.Context, v *service.View) {
	if x := web.Of(c.Request().Context()); c.Request().Method == http.MethodGet {
		s.tasks.Delivers(x.Caller, v, x)
	}
}

// parseWait reads the parameter wait: seconds, cut to maxWait; empty is 0.
func parseWait(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0) { // not n < 0: false for NaN
		return 0, fault.InvalidInput(fault.Detail{Location: "query.wait", Message: "expected a number of seconds"})
	}
	return time.Duration(min(n, maxWait.Seconds()) * float64(time.Second)), nil
}

// taskAction makes the handler of retry, resume and discard. The action continues
// if the caller disconnects.
func (s *Server) taskAction(do func(context.Context, service.Caller, string) (*service.View, error), status int) handler {
	return func(c echo.Context) error {
		ctx := c.Request().Context()
		v, err := do(context.WithoutCancel(ctx), web.Of(ctx).Caller, c.Param("id"))
		if err != nil {
			return err
		}
		web.Of(ctx).Task = v.TaskID
		c.Response().Header().Set("Location", s.Public.Task(v.TaskID))
		return s.respond(c, status, v)
	}
}

// cancelView is the response to a cancellation.
type cancelView struct {
	Outcome string        `json:"outcome" enum:"canceled,vendor_notified,too_late" doc:"canceled: the task was canceled and nothing was charged; vendor_notified: the vendor was asked to cancel, and a result is still kept if there is one; too_late: the task continues or has ended"`
	Task    *service.View `json:"task"`
}

func (s *Server) cancelTask(c echo.Context) error {
	ctx := c.Request().Context()
	v, outcome, err := s.tasks.Cancel(context.WithoutCancel(ctx), web.Of(ctx).Caller, c.Param("id"))
	if err != nil {
		return err
	}
	web.Of(ctx).Task = v.TaskID
	return s.respond(c, http.StatusOK, cancelView{outcome, v})
}

// VideoTask is a task with the extra fields of a video of the replaced service. It is
// exported because huma leaves the fields of an embedded unexported struct out.
type VideoTask struct {
	*service.View
	OperationID string `json:"operation_id" doc:"The same as task_id."`
	VideoURL    string `json:"video_url,omitempty" doc:"URL of the first result."`
}

// VideoStatus is a VideoTask whose status has the values of the replaced service, for
// its clients.
type VideoStatus struct {
	VideoTask
	Status string     `json:"status" enum:"running,completed,failed" doc:"The state as one of three."`
	State  task.State `json:"state" enum:"queued,submitting,running,storing,succeeded,in_doubt,failed,canceled" doc:"The state of the task."`
}

func newVideoStatus(v *service.View) VideoStatus {
	s := VideoStatus{VideoTask: newVideoTask(v), Status: "running", State: v.Status}
	switch {
	case v.Status == task.Succeeded:
		s.Status = "completed"
	case v.Status.Terminal():
		s.Status = "failed"
	}
	return s
}

func newVideoTask(v *service.View) VideoTask {
	j := VideoTask{View: v, OperationID: v.TaskID}
	if len(v.Data) > 0 {
		j.VideoURL = v.Data[0].URL
	}
	return j
}

// videoStatus handles the replaced service's status route of a video: by task id,
// or by the vendor's job name, which has slashes.
func (s *Server) videoStatus(c echo.Context, op service.Operation) error {
	v, err := s.findVideo(c, op, wildcard(c))
	if err != nil {
		return err
	}
	return s.respond(c, http.StatusOK, newVideoStatus(v))
}

// videoByID is a VideoStatus with the id where the replaced service's aggregator had it.
type videoByID struct {
	ID string `json:"id" doc:"The same as task_id."`
	VideoStatus
}

// videoTask handles the replaced service's other status route of a video, which has the
// id in the query.
func (s *Server) videoTask(c echo.Context, op service.Operation) error {
	id := c.QueryParam("id")
	if id == "" {
		return fault.InvalidInput(fault.Detail{Location: "query.id", Message: "is required: the id of a task, or the vendor's job name"})
	}
	v, err := s.findVideo(c, op, id)
	if err != nil {
		return err
	}
	return s.respond(c, http.StatusOK, videoByID{v.TaskID, newVideoStatus(v)})
}

// findVideo finds a task by its id or by the vendor's job name.
func (s *Server) findVideo(c echo.Context, op service.Operation, id string) (*service.View, error) {
	ctx := c.Request().Context()
	x := web.Of(ctx)
	v, err := s.tasks.Get(ctx, x.Caller, id)
	if fault.KindOf(err) == fault.NotFound {
		v, err = s.tasks.ByTicket(ctx, x.Caller, op.Module.Name, id)
	}
	if err == nil {
		x.Task = v.TaskID
		s.delivers(c, v)
	}
	return v, err
}

// events streams the recorded events of a task, then new ones, until it has ended.
func (s *Server) events(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("id")
	last := c.Request().Header.Get("Last-Event-ID")
	after, _ := strconv.ParseInt(last, 10, 64) // none: from the start
	changed := s.tasks.Watch(ctx, id)
	keepAlive := time.NewTicker(s.Heartbeat)
	defer keepAlive.Stop()
	w := c.Response()
	for begun := false; ; {
		v, err := s.tasks.Get(ctx, web.Of(ctx).Caller, id)
		var list []task.Event
		if err == nil {
			list, err = s.tasks.Events(ctx, web.Of(ctx).Caller, id, after)
		}
		if err != nil {
			if begun {
				return nil // the status was sent already: end the stream; the client reconnects
			}
			return err
		}
		if !begun && last != "" && len(list) == 0 && v.Status.Terminal() {
			return c.NoContent(http.StatusNoContent) // 204 tells a browser's EventSource not to reconnect
		}
		if !begun {
			web.SetEventStream(w.Header())
			w.WriteHeader(http.StatusOK)
			begun = true
		}
		for _, e := range list {
			data, err := json.Marshal(e)
			if err != nil {
				return nil
			}
			fmt.Fprintf(w, "id: %d\nevent: %s\ndata: %s\n\n", e.Seq, e.To, data)
			after = e.Seq
		}
		w.Flush()
		if v.Status.Terminal() {
			return nil
		}
		select {
		case <-changed:
		case <-keepAlive.C:
			fmt.Fprint(w, ": keep-alive\n\n")
		case <-s.drain:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}
