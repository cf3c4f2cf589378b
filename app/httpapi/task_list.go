package httpapi

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/web"
)

// filters are the parameters of a list of tasks.
var filters = []struct{ name, doc string }{
	{"status", "states of a task, separated by commas"},
	{"module", "as in /api/models"},
	{"model", "the vendor's id"},
	{"tag", "a label of X-Tags"},
	{"since", "created at that time or later (RFC 3339)"},
	{"until", "created before that time (RFC 3339)"},
	{"owner", "name of a key; only an admin sees others' tasks"},
	{"limit", "1 to 200; 50 by default"},
	{"cursor", "next of the page before"},
}

// listTasks reads its filters, and reports all that is wrong with them.
func (s *Server) listTasks(c echo.Context) error {
	ctx := c.Request().Context()
	q, err := queryOf(c.QueryParams(), web.Of(ctx).Caller)
	if err != nil {
		return err
	}
	page, err := s.tasks.List(ctx, web.Of(ctx).Caller, q)
	if err != nil {
		return err
	}
	return s.ok(c, http.StatusOK, page)
}

func queryOf(values url.Values, caller service.Caller) (task.Query, error) {
	q := task.Query{
		Module: values.Get("module"), Model: values.Get("model"), Tag: values.Get("tag"), Before: values.Get("cursor"), Owner: values.Get("owner"),
	}
	var faults []fault.Detail
	bad := func(name, format string, args ...any) {
		faults = append(faults, fault.Detail{Location: "query." + name, Message: fmt.Sprintf(format, args...)})
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.ContainsFunc(filters, func(f struct{ name, doc string }) bool { return f.name == name }) {
			bad(short(name), "there is no such filter")
		} else if len(values[name]) > 1 && name != "status" {
			bad(name, "expected one value")
		}
	}
	for _, text := range values["status"] {
		for st := range strings.SplitSeq(text, ",") {
			q.State = append(q.State, task.State(st))
		}
	}
	if slices.ContainsFunc(q.State, func(st task.State) bool { return !slices.Contains(task.States, st) }) {
		bad("status", "expected states of a task, separated by commas")
	}
	for _, at := range []struct {
		name string
		set  *time.Time
	}{{"since", &q.Since}, {"until", &q.Until}} {
		if text := values.Get(at.name); text != "" {
			var err error
			if *at.set, err = time.Parse(time.RFC3339, text); err != nil {
				bad(at.name, "expected a time like 2026-11-24T12:00:00Z")
			}
		}
	}
	if text := values.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if q.Limit = n; err != nil || n < 1 || n > 200 {
			bad("limit", "expected 1 to 200")
		}
	}
	if _, err := uuid.Parse(q.Before); q.Before != "" && (err != nil || len(q.Before) != 36) {
		bad("cursor", "expected next of an earlier page")
	}
	if q.Owner != "" && q.Owner != caller.Name && !caller.Admin {
		bad("owner", "only an admin sees the tasks of others")
	}
	return q, fault.InvalidInput(faults...)
}

// short bounds what an answer repeats of a caller's own words.
func short(name string) string {
	if len(name) > 64 {
		return strings.ToValidUTF8(name[:64], "") + "…"
	}
	return name
}
