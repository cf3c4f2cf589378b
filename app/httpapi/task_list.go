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

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/web"
)

// filters are the query parameters of GET /api/tasks; without a kind they are text.
var filters = []struct {
	name, doc string
	kind      *huma.Schema
}{
	{"status", "States of a task, separated by commas. Default: all.", &huma.Schema{Type: huma.TypeArray, MinItems: new(1), Items: &huma.Schema{Type: huma.TypeString, Enum: stateEnum()}}},
	{"module", "Name of a module, as in GET /api/models.", nil},
	{"model", "The vendor's id of a model.", nil},
	{"tag", "A label of the header X-Tags.", nil},
	{"since", "Created at this time or later (RFC 3339).", &huma.Schema{Type: huma.TypeString, Format: "date-time"}},
	{"until", "Created before this time (RFC 3339).", &huma.Schema{Type: huma.TypeString, Format: "date-time"}},
	{"owner", "Name of an API key. Only an admin can see the tasks of other keys.", nil},
	{"limit", "Tasks in a page, 1 to 200. Default: 50.", &huma.Schema{Type: huma.TypeInteger, Minimum: new(1.0), Maximum: new(200.0)}},
	{"cursor", "The field next of the previous page.", &huma.Schema{Type: huma.TypeString, Format: "uuid"}},
}

// listTasks handles GET /api/tasks.
func (s *Server) listTasks(c echo.Context) error {
	ctx := c.Request().Context()
	q, err := parseQuery(c.QueryParams(), web.Of(ctx).Caller)
	if err != nil {
		return err
	}
	page, err := s.tasks.List(ctx, web.Of(ctx).Caller, q)
	if err != nil {
		return err
	}
	return s.respond(c, http.StatusOK, page)
}

// parseQuery reads the filters. Its error lists all invalid ones.
func parseQuery(values url.Values, caller service.Caller) (task.Query, error) {
	q := task.Query{
		Module: values.Get("module"), Model: values.Get("model"), Tag: values.Get("tag"), Before: values.Get("cursor"), Owner: values.Get("owner"),
	}
	var faults []fault.Detail
	bad := func(name, format string, args ...any) {
		faults = append(faults, fault.Detail{Location: "query." + name, Message: fmt.Sprintf(format, args...)})
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !isFilter(name) {
			bad(truncateName(name), "unknown filter")
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
		bad("status", "expected states of a task, separated by commas: %s", joinStates())
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
		bad("cursor", "expected the field next of an earlier page")
	}
	if q.Owner != "" && q.Owner != caller.Name && !caller.Admin {
		bad("owner", "only an admin can see the tasks of other keys")
	}
	return q, fault.InvalidInput(faults...)
}

func isFilter(name string) bool {
	for _, f := range filters {
		if f.name == name {
			return true
		}
	}
	return false
}

func stateEnum() (enum []any) {
	for _, s := range task.States {
		enum = append(enum, s)
	}
	return enum
}

func joinStates() string {
	var names []string
	for _, s := range task.States {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}

// truncateName cuts a caller's parameter name to 64 bytes, for an error message.
func truncateName(name string) string {
	if len(name) > 64 {
		return strings.ToValidUTF8(name[:64], "") + "…"
	}
	return name
}
