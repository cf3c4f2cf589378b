package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
)

// taskOutput is the output of --json: a task and the files its results were written to.
type taskOutput struct {
	*service.View
	Files []string `json:"files"`
}

// writeResults downloads the results of a task that is done and prints its outcome.
// The error has the exit code.
func (c *cli) writeResults(ctx context.Context, s *session, v *service.View, t target, asJSON bool) error {
	out := taskOutput{View: v, Files: []string{}}
	var err error
	if t.stdout && len(v.Data) > 1 {
		err = fmt.Errorf("the task has %d results, and -o - can write only one: download them with `aigc tasks wait %s -o FOLDER/`", len(v.Data), v.TaskID)
	} else if t.stdout && len(v.Data) == 1 {
		err = s.fetch(ctx, v.Data[0], c.Out)
	} else {
		for i, r := range v.Data {
			file, warning := t.path(r, i, len(v.Data))
			if err = s.download(ctx, r, file); err != nil {
				break
			}
			out.Files = append(out.Files, file)
			if warning != "" {
				c.warn(warning)
			}
		}
	}
	if asJSON {
		if printErr := printJSON(c.Out, out); printErr != nil {
			return printErr
		}
	} else {
		for i, file := range out.Files {
			c.print("%s\n", resultLine(file, v, v.Data[i]))
		}
	}
	for _, w := range v.Warnings {
		c.warn(w)
	}
	if err != nil {
		c.say("%s the result is stored, but could not be downloaded: %s", c.red("aigc:"), errorText(err))
		for _, r := range v.Data[len(out.Files):] {
			c.say("  stored: %s", r.URL)
		}
		c.say("  download it again: aigc tasks wait %s", v.TaskID)
		return exitError(codeFailed)
	}
	if !asJSON && len(v.Data) > 0 {
		c.say("%s %s", c.dim("task "+v.TaskID), costLine(v))
	}
	return c.failure(v)
}

// resultLine is the output line of a file: name, dimensions, model, cost, and a mark
// for the sandbox. The cost is that of the task, so it is shown only for a single
// result.
func resultLine(file string, v *service.View, r service.ResultView) string {
	cells := []string{file, size(r), v.Model}
	if cost := costText(v); cost != "" && len(v.Data) == 1 {
		cells = append(cells, cost)
	}
	if v.Sandbox {
		cells = append(cells, "sandbox")
	}
	return strings.Join(slices.DeleteFunc(cells, func(s string) bool { return s == "" }), "  ")
}

// size shows the known dimensions and duration of a result.
func size(r service.ResultView) string {
	s := ""
	if r.Width > 0 && r.Height > 0 {
		s = fmt.Sprintf("%dx%d", r.Width, r.Height)
	}
	if r.Duration > 0 {
		s += " " + strconv.FormatFloat(r.Duration, 'f', 1, 64) + "s"
	}
	return strings.TrimSpace(s)
}

// amount formats money with two decimals, or four if it needs them.
func amount(x float64, currency string) string {
	s := strconv.FormatFloat(x, 'f', 4, 64)
	if whole, cents, ok := strings.Cut(s, "."); ok && strings.HasSuffix(cents, "00") {
		s = whole + "." + cents[:2]
	}
	return s + " " + currency
}

// costText shows what a task cost, or else what it was quoted.
func costText(v *service.View) string {
	switch {
	case v.Cost.Actual != nil:
		return amount(*v.Cost.Actual, v.Cost.Currency)
	case v.Cost.Quoted != nil:
		return "about " + amount(*v.Cost.Quoted, v.Cost.Currency)
	}
	return ""
}

func costLine(v *service.View) string {
	text := "charged: " + string(v.Charged)
	if m := costText(v); m != "" {
		text += ", cost: " + m
	}
	if v.Sandbox {
		text += ", in the sandbox: no real money, no real model"
	}
	return text
}

// failure prints why a task has no result and what can be done, and returns the
// exit code as an error; nil for a task that succeeded.
func (c *cli) failure(v *service.View) error {
	if v.Status == task.Succeeded || !v.Status.Done() {
		return nil
	}
	e := v.Error
	if e == nil {
		e = &service.ErrorView{Code: string(v.Status), Message: "The task ended without a result."}
		if v.Status == task.Canceled {
			e = &service.ErrorView{Code: "canceled", Message: "The task was canceled."}
		}
	}
	code := e.Code
	if e.VendorCode != "" {
		code += ", vendor: " + oneLine(e.VendorCode)
	}
	if v.Status == task.InDoubt {
		c.say("%s the outcome is unknown: %s", c.yellow("aigc:"), oneLine(e.Message))
		c.say("  code: %s   charged: %s   task: %s", code, v.Charged, v.TaskID)
		c.say("  The request was sent, so it may have been purchased. It is not sent again automatically.")
		if v.LookupUntil > 0 {
			c.say("  It is being looked up at the vendor, until %s.", time.Unix(v.LookupUntil, 0).Format(time.DateTime))
		} else {
			c.say("  The vendor cannot be asked about it; if its answer still arrives, the result is stored.")
		}
		c.say("    aigc tasks get %s       read the state again", v.TaskID)
		c.say("    aigc tasks retry %s     submit (and pay) again", v.TaskID)
		c.say("    aigc tasks discard %s   close the task", v.TaskID)
		return exitError(codeInDoubt)
	}
	c.say("%s %s", c.red("aigc:"), oneLine(fault.RenameLocations(e.Message, flagOf)))
	c.say("  code: %s   charged: %s   task: %s", code, charged(v), v.TaskID)
	switch {
	case v.RetriedAs != "":
		c.say("  It was retried as task %s.", v.RetriedAs)
	case e.Code == task.CodeDeadline:
		c.say("  The vendor may still finish it; poll it again for free: aigc tasks resume %s", v.TaskID)
	case e.Retryable:
		c.say("  A retry may succeed, and is a new purchase: aigc tasks retry %s", v.TaskID)
	case v.Status == task.Failed:
		c.say("  The same request would fail again: change it.")
	}
	return exitError(codeFailed)
}

func charged(v *service.View) string {
	text := string(v.Charged)
	if v.Charged != fault.ChargedNo {
		if m := costText(v); m != "" {
			text += " (" + m + ")"
		}
	}
	return text
}
