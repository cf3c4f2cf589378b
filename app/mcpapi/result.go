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

const (
	maxThumbs     = 4                     // previews in one result
	maxThumb      = 64 << 10              // bytes of one preview
	thumbInterval = 50 * time.Millisecond // between two reads of a missing thumbnail
	thumbFresh    = 10 * time.Second      // after this age a missing thumbnail is not waited for
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
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: handleText(v)}}, StructuredContent: v}
}

// successResult has a summary, links to the results and previews.
func (s *Server) successResult(ctx context.Context, c *call, v *service.View, replayed bool) *mcp.CallToolResult {
	res := &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: summary(v, replayed)}}, StructuredContent: v}
	if c.req.ProtocolVersion() >= "2025-06-18" { // older clients have no resource links; the text has the URLs
		for _, r := range v.Data {
			res.Content = append(res.Content, link("The result in full size", r))
		}
	}
	for _, jpeg := range s.thumbnails(ctx, c.caller, v) {
		res.Content = append(res.Content, &mcp.ImageContent{Data: jpeg, MIMEType: "image/jpeg"})
	}
	return res
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

// thumbnails are small JPEG previews of the first results. They are made after
// the task has succeeded, so for a fresh result it waits up to Config.thumbWait.
func (s *Server) thumbnails(ctx context.Context, caller service.Caller, v *service.View) [][]byte {
	results, fresh := v.Data, !s.NoThumbnails && (v.Finished == 0 || time.Since(time.Unix(v.Finished, 0)) < thumbFresh)
	out := make([][]byte, min(len(results), maxThumbs))
	missing := map[int]bool{}
	for i := range out {
		if strings.HasPrefix(results[i].MIMEType, "image/") && results[i].MIMEType != "image/svg+xml" {
			missing[i] = true
		}
	}
	ctx, cancel := context.WithTimeout(ctx, s.thumbWait)
	defer cancel()
	tick := time.NewTicker(thumbInterval)
	defer tick.Stop()
	for len(missing) > 0 {
		for i := range out {
			if !missing[i] {
				continue
			}
			jpeg, err := s.assets.Thumbnail(ctx, caller, results[i].AssetID, maxThumb)
			if err != nil || len(jpeg) > 0 {
				delete(missing, i)
			}
			if err == nil && len(jpeg) <= maxThumb {
				out[i] = jpeg
			}
		}
		if len(missing) == 0 || !fresh {
			break
		}
		select {
		case <-ctx.Done():
			clear(missing)
		case <-tick.C:
		}
	}
	var found [][]byte
	for _, jpeg := range out {
		if len(jpeg) > 0 {
			found = append(found, jpeg)
		}
	}
	return found
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
		fmt.Fprintf(&b, "Task %s is in doubt: it was sent to the vendor and the answer was lost. It is not known yet whether it was executed and charged. Do not send it again: that could buy it twice. aigc tries to find out; call get_task later, or let a person decide.", v.TaskID)
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
