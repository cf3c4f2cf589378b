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
	s.documentList(s.route(http.MethodGet, "/api/tasks", "Your tasks, newest first", "tasks", web.Keyed, s.listTasks))
	get := s.route(http.MethodGet, one, "A task; ?wait=30 waits for it", "tasks", web.Keyed, s.getTask)
	query(get, "wait", huma.TypeNumber, "seconds to wait until the task is settled; 600 at most")
	s.shows(get, http.StatusOK, "the task", view)
	cancel := s.route(http.MethodPost, one+"/cancel", "Cancel: says whether it was in time", "tasks", web.Keyed, s.cancelTask)
	s.shows(cancel, http.StatusOK, "what it came to", reflect.TypeFor[cancelView]())
	for _, a := range []struct {
		name, summary string
		do            func(context.Context, service.Caller, string) (*service.View, error)
		status        int
	}{
		{"retry", "Give up a task that failed or is in doubt, and buy anew", s.tasks.Retry, http.StatusAccepted},
		{"resume", "Go on asking after a deadline", s.tasks.Resume, http.StatusOK},
		{"discard", "Give up a task in doubt", s.tasks.Discard, http.StatusOK},
	} {
		o := s.route(http.MethodPost, one+"/"+a.name, a.summary, "tasks", web.Keyed, s.act(a.do, a.status))
		delete(o.Responses, "200")
		s.shows(o, a.status, "the task as it stands now; of a retry, the new one", view)
	}
	s.documentEvents(s.route(http.MethodGet, one+"/events", "Its history, as server-sent events while it goes on", "tasks", web.Keyed, s.events))
}

func (s *Server) getTask(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("id")
	x := web.Of(ctx)
	wait, err := seconds(c.QueryParam("wait"))
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
	return s.ok(c, http.StatusOK, v)
}

func seconds(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0) { // NaN is neither
		return 0, fault.InvalidInput(fault.Detail{Location: "query.wait", Message: "expected a number of seconds"})
	}
	return time.Duration(min(n, maxWait.Seconds()) * float64(time.Second)), nil
}

func (s *Server) act(do func(context.Context, service.Caller, string) (*service.View, error), status int) handler {
	return func(c echo.Context) error {
		ctx := c.Request().Context()
		v, err := do(context.WithoutCancel(ctx), web.Of(ctx).Caller, c.Param("id"))
		if err != nil {
			return err
		}
		web.Of(ctx).Task = v.TaskID
		c.Response().Header().Set("Location", taskPath(v.TaskID))
		return s.ok(c, status, v)
	}
}

// cancelView says what a cancel came to.
type cancelView struct {
	Outcome string        `json:"outcome" enum:"canceled,vendor_told,too_late" doc:"canceled: nothing was charged; vendor_told: a result still wins; too_late: it goes on"`
	Task    *service.View `json:"task"`
}

func (s *Server) cancelTask(c echo.Context) error {
	ctx := c.Request().Context()
	v, outcome, err := s.tasks.Cancel(context.WithoutCancel(ctx), web.Of(ctx).Caller, c.Param("id"))
	if err != nil {
		return err
	}
	web.Of(ctx).Task = v.TaskID
	return s.ok(c, http.StatusOK, cancelView{outcome, v})
}

// jobView is a task with the name that the replaced service gave it.
type jobView struct {
	*service.View
	OperationID string `json:"operation_id"`
	VideoURL    string `json:"video_url,omitempty"`
}

// statusView is a job in the replaced service's words, for clients that wait
// for them.
type statusView struct {
	jobView
	Status string     `json:"status" enum:"running,completed,failed"`
	State  task.State `json:"state"` // in ours
}

func statusOf(v *service.View) statusView {
	s := statusView{jobView: jobOf(v), Status: "running", State: v.Status}
	switch {
	case v.Status == task.Succeeded:
		s.Status = "completed"
	case v.Status.Terminal():
		s.Status = "failed"
	}
	return s
}

func jobOf(v *service.View) jobView {
	j := jobView{View: v, OperationID: v.TaskID}
	if len(v.Data) > 0 {
		j.VideoURL = v.Data[0].URL
	}
	return j
}

// status is the replaced service's way to ask for a film: by our id, or by the
// vendor's name of the job, which holds slashes.
func (s *Server) status(c echo.Context, op service.Operation) error {
	ctx := c.Request().Context()
	x, id := web.Of(ctx), rest(c)
	v, err := s.tasks.Get(ctx, x.Caller, id)
	if fault.KindOf(err) == fault.NotFound {
		v, err = s.tasks.ByTicket(ctx, x.Caller, op.Module.Name, id)
	}
	if err != nil {
		return err
	}
	x.Task = v.TaskID
	return s.ok(c, http.StatusOK, statusOf(v))
}

// events streams a task's history, then what happens, until it has ended.
func (s *Server) events(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("id")
	last := c.Request().Header.Get("Last-Event-ID")
	after, _ := strconv.ParseInt(last, 10, 64) // none: from the start
	news := s.tasks.Watch(ctx, id)
	beat := time.NewTicker(s.Heartbeat)
	defer beat.Stop()
	w := c.Response()
	for begun := false; ; {
		v, err := s.tasks.Get(ctx, web.Of(ctx).Caller, id)
		var list []task.Event
		if err == nil {
			list, err = s.tasks.Events(ctx, web.Of(ctx).Caller, id, after)
		}
		if err != nil {
			if begun {
				return nil // the stream ends; the caller comes back
			}
			return err
		}
		if !begun && last != "" && len(list) == 0 && v.Status.Terminal() {
			return c.NoContent(http.StatusNoContent) // a browser that comes back stops asking
		}
		if !begun {
			w.Header().Set("Content-Type", "text/event-stream")
			w.Header().Set("Cache-Control", "no-store")
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
		case <-news:
		case <-beat.C:
			fmt.Fprint(w, ": still here\n\n")
		case <-s.drain:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}
