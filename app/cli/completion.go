package cli

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aigc/app/service"
)

// completionWait is how long a shell waits for the ids of tasks.
const completionWait = 2 * time.Second

// completeModules completes the name of a module.
func (c *cli) completeModules(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	h, err := c.loadRegistry()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var out []cobra.Completion
	for _, s := range h.Specs() {
		out = append(out, cobra.CompletionWithDesc(s.Name, s.Title))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeModels completes the id of a model of any module.
func (c *cli) completeModels(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	h, err := c.loadRegistry()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var out []cobra.Completion
	for _, e := range h.Operations() {
		for _, m := range e.Models() {
			if !slices.Contains(out, m.ID) {
				out = append(out, m.ID)
			}
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeTasks completes the id of one of the newest tasks, of a running server only: a
// shell must not start one.
func (c *cli) completeTasks(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	h, err := c.loadRegistry()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	l, err := c.load(h)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	base := serverURL(l)
	if base == "" {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), completionWait)
	defer cancel()
	var page service.Page
	if err := newClient(base, l.APIKey.Reveal()).get(ctx, "/api/tasks?"+url.Values{"limit": {"50"}}.Encode(), &page); err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []cobra.Completion
	for _, v := range page.Tasks {
		module, _, _ := strings.Cut(v.Kind, ".")
		out = append(out, cobra.CompletionWithDesc(v.TaskID, string(v.Status)+" "+module+" "+shorten(oneLine(v.Prompt), 30)))
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
