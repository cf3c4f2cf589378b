package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
)

func (c *cli) tasksCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "tasks", Aliases: []string{"task"}, Short: "List, read, wait for, cancel, retry, resume and discard tasks",
		Long: "List, read and change tasks, on the server at AIGC_URL, else on the one that uses\nAIGC_DATA_DIR, else in this process.",
	}
	cmd.AddCommand(c.listCommand(), c.getCommand(), c.waitCommand(), c.cancelCommand(), c.retryCommand(), c.resumeCommand(), c.discardCommand(), c.answerCommand(), c.eventsCommand())
	for _, sub := range cmd.Commands() {
		if strings.HasSuffix(sub.Use, " ID") {
			sub.ValidArgsFunction = c.completeTasks
		} else {
			sub.ValidArgsFunction = cobra.NoFileCompletions
		}
	}
	return needsSubcommand(cmd)
}

// withServer calls f with a session. work says that the server must run tasks, which
// the in-process server of another command may not do long enough.
func (c *cli) withServer(ctx context.Context, work bool, f func(*session) error) (err error) {
	l, err := c.settings()
	if err != nil {
		return err
	}
	if err := requireTasks(l); err != nil {
		return err
	}
	s, err := c.connect(ctx, l, work)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	return f(s)
}

func (c *cli) listCommand() *cobra.Command {
	var status []string
	var module, model, tag, cursor string
	var limit int
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List tasks, newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.checkFilters(status, module, limit); err != nil {
				return err
			}
			q := url.Values{"limit": {strconv.Itoa(limit)}}
			for name, v := range map[string]string{"status": strings.Join(status, ","), "module": module, "model": model, "tag": tag, "cursor": cursor} {
				if v != "" {
					q.Set(name, v)
				}
			}
			return c.withServer(cmd.Context(), false, func(s *session) error {
				page := service.Page{Tasks: []*service.View{}}
				if err := s.get(cmd.Context(), "/api/tasks?"+q.Encode(), &page); err != nil {
					return err
				}
				if asJSON {
					return printJSON(c.Out, page)
				}
				return c.taskTable(page)
			})
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&status, "status", nil, "list only tasks in these `states`: queued, running, in_doubt …")
	f.StringVar(&module, "module", "", "list only tasks of this `module`")
	f.StringVar(&model, "model", "", "list only tasks of this `model`")
	f.StringVar(&tag, "tag", "", "list only tasks with this `tag`")
	f.IntVar(&limit, "limit", 20, "list at most this `number` of tasks")
	f.StringVar(&cursor, "cursor", "", "continue after the page that printed this `cursor`")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	_ = cmd.RegisterFlagCompletionFunc("status", cobra.FixedCompletions(states(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("module", c.completeModules)
	_ = cmd.RegisterFlagCompletionFunc("model", c.completeModels)
	for _, flag := range []string{"tag", "limit", "cursor"} {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.NoFileCompletions)
	}
	return cmd
}

// maxPage is the most tasks of a page of GET /api/tasks.
const maxPage = 200

// checkFilters is the usage error of filters that no task can have.
func (c *cli) checkFilters(status []string, module string, limit int) error {
	h, err := c.loadRegistry()
	if err != nil {
		return err
	}
	for _, s := range status {
		if !slices.Contains(states(), s) {
			return usage("--status: there is no state %q; there are: %s", s, strings.Join(states(), ", "))
		}
	}
	if module != "" && h.Primary(module) == nil {
		return usage("--module: there is no module %q; there are:\n%s", module, moduleList(h))
	}
	if limit < 1 || limit > maxPage {
		return usage("--limit: expected 1 to %d", maxPage)
	}
	return nil
}

func states() []string {
	out := make([]string, len(task.States))
	for i, s := range task.States {
		out[i] = string(s)
	}
	return out
}

func (c *cli) taskTable(page service.Page) error {
	if len(page.Tasks) == 0 {
		c.say("There are no such tasks.")
		return nil
	}
	t := newList(c.Out, "TASK", "STATUS", "AGE", "MODULE", "PROMPT")
	for _, v := range page.Tasks {
		module, _, _ := strings.Cut(v.Kind, ".")
		t.row(v.TaskID, string(v.Status), age(time.Since(time.Unix(v.Created, 0))), module, v.Prompt)
	}
	if err := t.flush(); err != nil {
		return err
	}
	if page.Next != "" {
		c.say("More: --cursor %s", page.Next)
	}
	return nil
}

// age shows a duration in its largest unit, in at most four characters.
func age(d time.Duration) string {
	for _, u := range []struct {
		of   time.Duration
		name string
	}{{365 * 24 * time.Hour, "y"}, {24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if d >= u.of {
			return strconv.Itoa(int(d/u.of)) + u.name
		}
	}
	return strconv.Itoa(int(max(0, d)/time.Second)) + "s"
}

func (c *cli) getCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "get ID", Aliases: []string{"show"}, Short: "Show a task", Args: exactlyOne("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withServer(cmd.Context(), false, func(s *session) error {
				v, err := s.task(cmd.Context(), args[0], 0)
				if err != nil {
					return err
				}
				return c.showTask(v, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// showTask prints a task as text or JSON.
func (c *cli) showTask(v *service.View, asJSON bool) error {
	if asJSON {
		return printJSON(c.Out, v)
	}
	t := newTable(c.Out)
	line := func(name, value string) {
		if value != "" {
			t.row(name, value)
		}
	}
	line("task", v.TaskID)
	line("status", string(v.Status)+progressText(v))
	line("operation", v.Kind)
	line("prompt", v.Prompt)
	line("model", v.Model)
	line("created", time.Unix(v.Created, 0).Format(time.DateTime))
	if v.Finished > 0 {
		line("finished", time.Unix(v.Finished, 0).Format(time.DateTime))
	}
	line("charged", string(v.Charged))
	line("cost", costText(v))
	if v.Sandbox {
		line("sandbox", "yes: no real money, no real model")
	}
	line("vendor", strings.TrimSpace(v.Vendor+" "+v.VendorID))
	if v.Group != nil {
		line("children", strings.Join(v.Group.Children, " "))
	}
	for _, r := range v.Data {
		line("result", r.URL+"  "+size(r)+"  "+r.MIMEType)
	}
	for _, w := range v.Warnings {
		line("warning", w)
	}
	if v.Error != nil {
		line("error", fault.RenameLocations(v.Error.Message, flagOf)+" ("+v.Error.Code+")")
	}
	if v.Answer != nil {
		line("answer", fmt.Sprintf("%s, %d bytes: aigc tasks answer %s", v.Answer.Name, v.Answer.Size, v.TaskID))
	}
	line("retry of", v.RetryOf)
	line("retried as", v.RetriedAs)
	return t.flush()
}

func progressText(v *service.View) string {
	switch {
	case v.Status.Terminal():
		return ""
	case v.Progress > 0:
		return ", " + strconv.Itoa(int(v.Progress*100)) + " %: " + stageText(v)
	}
	return ": " + stageText(v)
}
