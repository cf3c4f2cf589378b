package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"aigc/app/module"
)

// generateFlags are the flags of generate other than those of input fields.
type generateFlags struct {
	input, output, operation, key string
	wait, noWait, json, noJoin    bool
}

func (c *cli) generateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "generate <module> [prompt]",
		Short: "Generate an image or a video",
		Long: "Generate an image or a video, on the server at AIGC_URL, else on the one that uses\n" +
			"AIGC_DATA_DIR, else in this process. The task goes on when you interrupt the\n" +
			"command; `aigc tasks wait ID` waits for it and downloads its results.",
		Example: "  aigc generate gpt \"a red fox\" -o fox.png\n" +
			"  aigc generate seedream \"the fox in snow\" --image fox.png -o snow.jpg\n" +
			"  aigc generate veo3 \"a fox runs through snow\" --no-wait\n" +
			"  echo '{\"prompt\":\"a red fox\",\"n\":4}' | aigc generate gpt --input - -o foxes/",
		Args:               cobra.ArbitraryArgs,
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true}, // so that the error names the unknown module
		RunE: func(_ *cobra.Command, args []string) error {
			h, err := c.loadRegistry()
			if err != nil {
				return err
			}
			return noModule(h, args)
		},
	}
	h, err := c.loadRegistry()
	if err != nil {
		return cmd // the commands that need the modules return the error
	}
	for _, spec := range h.Specs() {
		if h.Primary(spec.Name) != nil {
			cmd.AddCommand(c.moduleCommand(h, spec))
		}
	}
	return cmd
}

// noModule is the error of a command line whose first argument is not a module.
func noModule(h *module.Registry, args []string) error {
	if len(args) == 0 {
		return usage("name a module:\n%s", moduleList(h))
	}
	for _, e := range h.Operations() {
		if _, ok := e.Model(args[0]); ok {
			return usage("%s is a model of the module %s: aigc generate %s --model %s …", args[0], e.Module.Name, e.Module.Name, args[0])
		}
	}
	return usage("there is no module %q; there are:\n%s", args[0], moduleList(h))
}

func moduleList(h *module.Registry) string {
	var b strings.Builder
	t := newTable(&b)
	for _, s := range h.Specs() {
		t.row("  "+s.Name, s.Title)
	}
	_ = t.flush() // into memory
	return strings.TrimRight(b.String(), "\n")
}

func (c *cli) moduleCommand(h *module.Registry, spec module.Spec) *cobra.Command {
	ops := operations(h, spec.Name)
	g := &generateFlags{}
	cmd := &cobra.Command{
		Use: spec.Name + " [prompt]", Short: spec.Title, Long: moduleHelp(spec, ops),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("the prompt must be one argument, got %d: put it in quotes", len(args))
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVarP(&g.output, "output", "o", "", "`file`, folder/ or - (standard output) for the results; its extension chooses the format, a missing one is added")
	f.StringVar(&g.input, "input", "", "`file` with the input as JSON, or - for standard input; flags override its fields")
	f.StringVar(&g.operation, "operation", "", "`name` of the operation; default the one that has the fields given")
	f.BoolVar(&g.wait, "wait", true, "wait for the result")
	f.BoolVar(&g.noWait, "no-wait", false, "print the task id and do not wait")
	f.BoolVar(&g.json, "json", false, "print the task as JSON")
	f.StringVar(&g.key, "idempotency-key", "", "idempotency `key`: a command repeated with the same key is not purchased again")
	f.BoolVar(&g.noJoin, "no-join", false, "purchase again, also if the same command ran in the last 10 minutes and got no answer")
	f.BoolP("help", "h", false, "help")
	fields := fieldFlags(f, ops)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var prompt *string
		if len(args) == 1 {
			prompt = &args[0]
		}
		return c.generate(cmd.Context(), ops, g, fields, prompt)
	}
	completions(cmd, ops, fields)
	return cmd
}

// completions registers the values that a shell can complete.
func completions(cmd *cobra.Command, ops []operation, fields map[string]*fieldFlag) {
	offer := func(flag string, values []string) {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)) // cannot fail: the flag exists
	}
	offer("operation", names(ops))
	for name, f := range fields {
		switch {
		case name == "model":
			offer(f.flag, models(ops[0]))
		case len(f.Enum) > 0:
			offer(f.flag, f.Enum)
		case !f.Image:
			_ = cmd.RegisterFlagCompletionFunc(f.flag, cobra.NoFileCompletions)
		}
	}
}

// models returns the ids of an operation's models that are not retired.
func models(op operation) []string {
	var ids []string
	for _, m := range op.Models() {
		if !m.IsRetired() {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

func names(ops []operation) []string {
	out := make([]string, len(ops))
	for i, op := range ops {
		out[i] = op.Operation.Name
	}
	return out
}

func moduleHelp(spec module.Spec, ops []operation) string {
	var b strings.Builder
	b.WriteString(spec.Title + ". " + spec.Doc + "\n\nOperations:\n")
	t := newTable(&b)
	for i, op := range ops {
		mark := ""
		if i == 0 {
			mark = " (default)"
		}
		t.row("  "+op.Operation.Name+mark, op.Operation.Title)
	}
	_ = t.flush() // into memory
	b.WriteString("\nModels: " + strings.Join(models(ops[0]), ", "))
	return b.String()
}

// generate submits one request and downloads its results.
func (c *cli) generate(ctx context.Context, ops []operation, g *generateFlags, fields map[string]*fieldFlag, prompt *string) (err error) {
	wait := g.wait && !g.noWait
	if !wait && g.output != "" {
		return usage("-o needs the result: omit --no-wait, or download it later with `aigc tasks wait ID -o …`")
	}
	document, err := c.readInput(g.input)
	if err != nil {
		return err
	}
	op, err := chooseOperation(ops, g.operation, fields, document)
	if err != nil {
		return err
	}
	raw, err := buildInput(op, fields, prompt, document)
	if err != nil {
		return err
	}
	paths, err := localFiles(op, raw)
	if err != nil {
		return err
	}
	var to target
	if wait {
		if to, err = newTarget(g.output, g.json); err != nil {
			return err
		}
		if raw, err = to.withFormat(op, raw); err != nil {
			return err
		}
	}
	l, err := c.settings()
	if err != nil {
		return err
	}
	s, err := c.connect(ctx, l, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	if raw, err = c.uploadFiles(ctx, s, op, raw, paths); err != nil {
		return err
	}
	v, err := c.submitTask(ctx, s, purchase{op: op, input: raw, key: g.key, noJoin: g.noJoin, follow: wait})
	if err != nil {
		return err
	}
	if !wait {
		return c.printTaskID(v, s.local(), g.json)
	}
	return c.waitAndDownload(ctx, s, v, to, g.output, g.json)
}
