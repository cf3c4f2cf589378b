package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
)

func (s *Server) taskRoutes() {
	const one = "/api/tasks/:id"
	s.route(http.MethodGet, "/api/tasks", "Your tasks, newest first", "tasks", keyed, s.listTasks)
	s.route(http.MethodGet, one, "A task; ?wait=30 waits for it", "tasks", keyed, s.getTask)
	s.route(http.MethodPost, one+"/cancel", "Cancel: says whether it was in time", "tasks", keyed, s.cancelTask)
	s.route(http.MethodPost, one+"/retry", "Give up a task and buy anew", "tasks", keyed, s.act(s.svc.Retry, http.StatusAccepted))
	s.route(http.MethodPost, one+"/resume", "Go on asking after a deadline", "tasks", keyed, s.act(s.svc.Resume, http.StatusOK))
	s.route(http.MethodPost, one+"/discard", "Give up a task in doubt", "tasks", keyed, s.act(s.svc.Discard, http.StatusOK))
	s.route(http.MethodGet, one+"/events", "Its history, as server-sent events while it goes on", "tasks", keyed, s.events)
}

func (s *Server) getTask(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("id")
	x := of(ctx)
	x.task = id
	wait, err := seconds(c.QueryParam("wait"))
	if err != nil {
		return err
	}
	var v *service.View
	if wait > 0 {
		v, err = s.svc.Wait(ctx, x.caller, id, wait)
	} else {
		v, err = s.svc.Get(ctx, x.caller, id)
	}
	if err != nil {
		return err
	}
	return s.ok(c, http.StatusOK, v)
}

func seconds(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 {
		return 0, fault.Faults(fault.Detail{Location: "query.wait", Message: "expected a number of seconds"})
	}
	return min(time.Duration(n*float64(time.Second)), maxWait), nil
}

func (s *Server) act(do func(context.Context, service.Caller, string) (*service.View, error), status int) handler {
	return func(c echo.Context) error {
		ctx := c.Request().Context()
		of(ctx).task = c.Param("id")
		v, err := do(context.WithoutCancel(ctx), of(ctx).caller, c.Param("id"))
		if err != nil {
			return err
		}
		c.Response().Header().Set("Location", taskPath(v.TaskID))
		return s.ok(c, status, v)
	}
}

func (s *Server) cancelTask(c echo.Context) error {
	ctx := c.Request().Context()
	v, outcome, err := s.svc.Cancel(context.WithoutCancel(ctx), of(ctx).caller, c.Param("id"))
	if err != nil {
		return err
	}
	return s.ok(c, http.StatusOK, map[string]any{"outcome": outcome, "task": v})
}

// listTasks reads its filters, and reports all that is wrong with them.
func (s *Server) listTasks(c echo.Context) error {
	ctx := c.Request().Context()
	var faults []fault.Detail
	bad := func(name, message string) {
		faults = append(faults, fault.Detail{Location: "query." + name, Message: message})
	}
	q := task.Query{Module: c.QueryParam("module"), Model: c.QueryParam("model"), Tag: c.QueryParam("tag"), Before: c.QueryParam("cursor"), Owner: c.QueryParam("owner")}
	for name := range c.QueryParams() {
		if !slices.Contains([]string{"module", "model", "tag", "cursor", "owner", "status", "since", "until", "limit"}, name) {
			bad(name, "there is no such filter")
		}
	}
	if text := c.QueryParam("status"); text != "" {
		for st := range strings.SplitSeq(text, ",") {
			if !slices.Contains(task.States, task.State(st)) {
				bad("status", "expected states of a task, separated by commas")
				break
			}
			q.State = append(q.State, task.State(st))
		}
	}
	for name, at := range map[string]*time.Time{"since": &q.Since, "until": &q.Until} {
		if text := c.QueryParam(name); text != "" {
			var err error
			if *at, err = time.Parse(time.RFC3339, text); err != nil {
				bad(name, "expected a time like 2026-11-24T12:00:00Z")
			}
		}
	}
	if text := c.QueryParam("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if q.Limit = n; err != nil || n < 1 || n > 200 {
			bad("limit", "expected 1 to 200")
		}
	}
	if err := fault.Faults(faults...); err != nil {
		return err
	}
	page, err := s.svc.List(ctx, of(ctx).caller, q)
	if err != nil {
		return err
	}
	return s.ok(c, http.StatusOK, page)
}

// status is the replaced service's way to ask for a film: by our id, or by the
// vendor's name of the job, which holds slashes.
func (s *Server) status(c echo.Context, op service.Operation) error {
	ctx := c.Request().Context()
	id := c.Param("*")
	v, err := s.svc.Get(ctx, of(ctx).caller, id)
	if fault.KindOf(err) == fault.NotFound {
		v, err = s.svc.ByTicket(ctx, of(ctx).caller, op.Module.Name, id)
	}
	if err != nil {
		return err
	}
	var data map[string]any
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &data)
	}
	if err != nil {
		return err
	}
	data["operation_id"] = v.TaskID
	if len(v.Data) > 0 {
		data["video_url"] = v.Data[0].URL
	}
	return s.ok(c, http.StatusOK, data)
}

// events streams a task's history, then what happens, until it has ended.
func (s *Server) events(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("id")
	after, _ := strconv.ParseInt(c.Request().Header.Get("Last-Event-ID"), 10, 64) // none: from the start
	news := s.svc.Watch(ctx, id)
	beat := time.NewTicker(s.Heartbeat)
	defer beat.Stop()
	w := c.Response()
	for begun := false; ; {
		v, err := s.svc.Get(ctx, of(ctx).caller, id)
		var list []task.Event
		if err == nil {
			list, err = s.svc.Events(ctx, of(ctx).caller, id, after)
		}
		if err != nil {
			if begun {
				return nil // the stream ends; the caller comes back
			}
			return err
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
		if v.Status.Ended() {
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
