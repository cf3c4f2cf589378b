package mcpapi

import (
	"context"
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
)

// taskResult is the result of a tool about a task: its results, a handle while it
// runs, or its error.
func (s *Server) taskResult(ctx context.Context, c *call, v *service.View, replayed bool) *mcp.CallToolResult {
	c.task = v.TaskID
	switch {
	case v.Status == task.Succeeded:
		return s.successResult(ctx, c, v, replayed)
	case v.Status.Terminal():
		return s.errorResult(c, &taskError{view: v})
	}
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: handleText(v)}}, StructuredContent: viewOf(v)}
}

// taskView is a task as structured content.
type taskView struct {
	*service.View
	Next *nextCall `json:"next,omitempty"` // of an unfinished task
}

// nextCall is the call that an agent has to make next.
type nextCall struct {
	Tool      string    `json:"tool"`
	Arguments taskInput `json:"arguments"`
}

// viewOf is a task as structured content. An unfinished one has the call that gets
// its result. A task in doubt is not waited for, since a person may have to decide.
func viewOf(v *service.View) taskView {
	switch {
	case v.Status.Terminal():
		return taskView{View: v}
	case v.Status == task.InDoubt:
		return taskView{v, &nextCall{"get_task", taskInput{v.TaskID}}}
	}
	return taskView{v, &nextCall{"wait_for_task", taskInput{v.TaskID}}}
}

// successResult has a summary, links to the results and previews.
func (s *Server) successResult(ctx context.Context, c *call, v *service.View, replayed bool) *mcp.CallToolResult {
	res := &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: summary(v, replayed)}}, StructuredContent: v}
	if s.linksFor(c) {
		for _, r := range v.Data {
			res.Content = append(res.Content, link("The result in full size", r))
		}
	}
	previews := s.thumbnails(ctx, c.caller, v)
	for _, p := range previews {
		res.Content = append(res.Content, &mcp.ImageContent{Data: p.jpeg, MIMEType: "image/jpeg"})
	}
	if text := previewText(v, previews); text != "" {
		res.Content[0].(*mcp.TextContent).Text += "\n" + text
	}
	return res
}

// linksFor reports whether a call's result has resource links. Clients of older
// revisions have none; the text has the URLs.
func (s *Server) linksFor(c *call) bool {
	return s.ResourceLinks && c.req.ProtocolVersion() >= "2025-06-18"
}

func link(description string, r service.ResultView) *mcp.ResourceLink {
	l := &mcp.ResourceLink{URI: r.URL, Name: path.Base(r.URL), MIMEType: r.MIMEType, Description: description}
	if r.Size > 0 {
		l.Size = &r.Size
	}
	if r.Width > 0 {
		l.Title = fmt.Sprintf("%d × %d pixels", r.Width, r.Height)
	}
	return l
}

// summary is the text of a finished task, for models and people.
func summary(v *service.View, replayed bool) string {
	var b strings.Builder
	what := "results"
	if len(v.Data) == 1 {
		what = "result"
	}
	fmt.Fprintf(&b, "Done: %d %s by %s, task %s.", len(v.Data), what, v.Model, v.TaskID)
	if replayed {
		b.WriteString(" This is the earlier task with the same idempotency_key; nothing new was bought.")
	}
	fmt.Fprintf(&b, "\n%s", costText(v))
	for i, r := range v.Data {
		fmt.Fprintf(&b, "\n%d. %s (%s), asset_id %s", i+1, r.URL, resultDetails(r), r.AssetID)
		if r.RevisedPrompt != "" {
			fmt.Fprintf(&b, "\n   revised prompt: %s", truncate(r.RevisedPrompt, 400))
		}
	}
	for _, w := range v.Warnings {
		fmt.Fprintf(&b, "\nWarning: %s", w)
	}
	return b.String()
}

func resultDetails(r service.ResultView) string {
	parts := []string{r.MIMEType}
	if r.Width > 0 {
		parts = append(parts, fmt.Sprintf("%dx%d", r.Width, r.Height))
	}
	if r.Duration > 0 {
		parts = append(parts, strconv.FormatFloat(r.Duration, 'g', 4, 64)+" s")
	}
	if r.Seed != nil {
		parts = append(parts, fmt.Sprintf("seed %d", *r.Seed))
	}
	return strings.Join(parts, ", ")
}

func costText(v *service.View) string {
	if v.Sandbox {
		return "Sandbox: an offline simulation of the vendor; nothing is paid."
	}
	switch {
	case v.Cost.Actual != nil:
		return "Cost: " + formatAmount(*v.Cost.Actual, v.Cost.Currency) + "."
	case v.Cost.Quoted != nil:
		return "Cost: " + formatAmount(*v.Cost.Quoted, v.Cost.Currency) + " by the price list."
	case v.Charged == fault.ChargedNo:
		return "Cost: nothing was charged so far."
	}
	return "Cost: not known yet."
}

// formatAmount rounds to millionths: sums of float64 prices have rounding errors
// that no vendor bills.
func formatAmount(f float64, currency string) string {
	return strconv.FormatFloat(math.Round(f*1e6)/1e6, 'f', -1, 64) + " " + currency
}

// truncate cuts a text to n characters.
func truncate(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + " …"
	}
	return s
}

// handleText tells a model how to get the result of an unfinished task.
func handleText(v *service.View) string {
	var b strings.Builder
	switch v.Status {
	case task.InDoubt:
		what := "the answer was lost"
		if v.Answer != nil {
			what = "the answer could not be understood. It is kept: a person can get it by GET " + v.Answer.URL + ", or on the command line by aigc tasks answer"
		}
		fmt.Fprintf(&b, "Task %s is in doubt: it was sent to the vendor and %s. It is not known yet whether it was executed and charged. Do not send it again: that could buy it twice. ", v.TaskID, what)
		if v.LookupUntil > 0 {
			fmt.Fprintf(&b, "It is being looked up at the vendor, until %s; call get_task later.", time.Unix(v.LookupUntil, 0).UTC().Format(time.RFC3339))
		} else {
			b.WriteString("The vendor cannot be asked about it. If its answer still arrives, get_task has the result; else a person decides whether to buy it again (retry_task) or to close it (discard_task).")
		}
	default:
		fmt.Fprintf(&b, "Task %s is %s", v.TaskID, v.Status)
		if v.Progress > 0 {
			fmt.Fprintf(&b, ", %.0f %% done", v.Progress*100)
		}
		fmt.Fprintf(&b, ". It continues automatically: do not send the request again. Call wait_for_task with task_id %q for the result.\n%s", v.TaskID, costText(v))
	}
	if v.Message != "" {
		fmt.Fprintf(&b, "\n%s", v.Message)
	}
	for _, w := range v.Warnings {
		fmt.Fprintf(&b, "\nWarning: %s", w)
	}
	return b.String()
}
