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
	maxThumbs     = 4 // in one result
	maxThumb      = 64 << 10
	thumbInterval = 50 * time.Millisecond
	thumbFresh    = 10 * time.Second // after that, a missing one does not come
)

// result shows a task: what was made, or how to get it, or why there is nothing.
func (s *Server) result(ctx context.Context, c *call, v *service.View, replayed bool) *mcp.CallToolResult {
	v = c.view(v)
	switch {
	case v.Status == task.Succeeded:
		return s.made(ctx, c, v, replayed)
	case v.Status.Terminal():
		return s.failed(c, &outcome{view: v})
	}
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: handle(v)}}, StructuredContent: v}
}

// made shows a task with its results.
func (s *Server) made(ctx context.Context, c *call, v *service.View, replayed bool) *mcp.CallToolResult {
	res := &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: summary(v, replayed)}}, StructuredContent: v}
	if c.req.ProtocolVersion() >= "2025-06-18" { // older clients do not know links, and find them in the text
		for _, r := range v.Data {
			res.Content = append(res.Content, link("The result in full size", r))
		}
	}
	for _, jpeg := range s.thumbnails(ctx, c.caller, v) {
		res.Content = append(res.Content, &mcp.ImageContent{Data: jpeg, MIMEType: "image/jpeg"})
	}
	return res
}

func link(what string, r service.ResultView) *mcp.ResourceLink {
	l := &mcp.ResourceLink{URI: r.URL, Name: path.Base(r.URL), MIMEType: r.MIMEType, Description: what}
	if r.Size > 0 {
		l.Size = &r.Size
	}
	if r.Width > 0 {
		l.Title = fmt.Sprintf("%d × %d pixels", r.Width, r.Height)
	}
	return l
}

// thumbnails are small pictures of the first results. They are made just after
// success, so a fresh result's may need a moment; they are not waited for long.
func (s *Server) thumbnails(ctx context.Context, who service.Caller, v *service.View) [][]byte {
	results, fresh := v.Data, v.Finished == 0 || time.Since(time.Unix(v.Finished, 0)) < thumbFresh
	out := make([][]byte, min(len(results), maxThumbs))
	open := map[int]bool{}
	for i := range out {
		if strings.HasPrefix(results[i].MIMEType, "image/") && results[i].MIMEType != "image/svg+xml" {
			open[i] = true
		}
	}
	ctx, cancel := context.WithTimeout(ctx, s.thumbWait)
	defer cancel()
	tick := time.NewTicker(thumbInterval)
	defer tick.Stop()
	for len(open) > 0 {
		for i := range out {
			if !open[i] {
				continue
			}
			jpeg, err := s.assets.Thumbnail(ctx, who, results[i].AssetID, maxThumb)
			if err != nil || len(jpeg) > 0 {
				delete(open, i)
			}
			if err == nil && len(jpeg) <= maxThumb {
				out[i] = jpeg
			}
		}
		if len(open) == 0 || !fresh {
			break
		}
		select {
		case <-ctx.Done():
			clear(open)
		case <-tick.C:
		}
	}
	var have [][]byte
	for _, jpeg := range out {
		if len(jpeg) > 0 {
			have = append(have, jpeg)
		}
	}
	return have
}

// summary tells a model, and whoever reads over its shoulder, what was made.
func summary(v *service.View, replayed bool) string {
	var b strings.Builder
	what := "results"
	if len(v.Data) == 1 {
		what = "result"
	}
	fmt.Fprintf(&b, "Done: %d %s by %s, task %s.", len(v.Data), what, v.Model, v.TaskID)
	if replayed {
		b.WriteString(" This is the earlier task of the same idempotency_key; nothing new was bought.")
	}
	fmt.Fprintf(&b, "\n%s", price(v))
	for i, r := range v.Data {
		fmt.Fprintf(&b, "\n%d. %s (%s), asset_id %s", i+1, r.URL, traits(r), r.AssetID)
		if r.RevisedPrompt != "" {
			fmt.Fprintf(&b, "\n   drawn from: %s", brief(r.RevisedPrompt, 400))
		}
	}
	for _, w := range v.Warnings {
		fmt.Fprintf(&b, "\nWarning: %s", w)
	}
	return b.String()
}

func traits(r service.ResultView) string {
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

func price(v *service.View) string {
	if v.Sandbox {
		return "Sandbox: an offline imitation of the vendor; nothing is paid."
	}
	switch {
	case v.Cost.Actual != nil:
		return "Cost: " + amount(*v.Cost.Actual, v.Cost.Currency) + "."
	case v.Cost.Quoted != nil:
		return "Cost: " + amount(*v.Cost.Quoted, v.Cost.Currency) + " by the price list."
	case v.Charged == fault.ChargedNo:
		return "Cost: nothing was charged so far."
	}
	return "Cost: not known yet."
}

// amount is money for people: sums of prices carry the noise of binary
// fractions, which no vendor bills.
func amount(f float64, currency string) string {
	return strconv.FormatFloat(math.Round(f*1e6)/1e6, 'f', -1, 64) + " " + currency
}

// brief cuts a text after n characters.
func brief(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + " …"
	}
	return s
}

// handle tells how to get at a result that is not there yet.
func handle(v *service.View) string {
	var b strings.Builder
	switch v.Status {
	case task.InDoubt:
		fmt.Fprintf(&b, "Task %s is in doubt: it was sent to the vendor, and the answer was lost. Nobody knows yet whether it was made and charged. Do not send it again, that could buy it twice. It is being looked up; ask again with get_task later, or leave the decision to a person.", v.TaskID)
	default:
		fmt.Fprintf(&b, "Task %s is %s", v.TaskID, v.Status)
		if v.Progress > 0 {
			fmt.Fprintf(&b, ", %.0f %% done", v.Progress*100)
		}
		fmt.Fprintf(&b, ". It goes on by itself: do not send the request again. Call wait_for_task with task_id %q for the result.\n%s", v.TaskID, price(v))
	}
	if v.Message != "" {
		fmt.Fprintf(&b, "\n%s", v.Message)
	}
	for _, w := range v.Warnings {
		fmt.Fprintf(&b, "\nWarning: %s", w)
	}
	return b.String()
}
