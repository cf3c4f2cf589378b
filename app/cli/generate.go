package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"aigc/app/module"
)

// generateFlags are the flags of ours; those of the input come beside them.
type generateFlags struct {
	input, output, operation, key string
	wait, noWait, json            bool
}

func (c *cli) generateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "generate <module> [prompt]",
		Short: "Make a picture or a film",
		Long: "Make a picture or a film, by the server that AIGC_URL names or that works on\n" +
			"AIGC_DATA_DIR, else in this process. The task goes on when you interrupt the\n" +
			"command; `aigc tasks wait ID` collects it.",
		Example: "  aigc generate gpt \"a red fox\" -o fox.png\n" +
			"  aigc generate seedream \"the fox in snow\" --image fox.png -o snow.jpg\n" +
			"  aigc generate veo3 \"a fox runs through snow\" --no-wait\n" +
			"  echo '{\"prompt\":\"a red fox\",\"n\":4}' | aigc generate gpt --input - -o foxes/",
		Args:               cobra.ArbitraryArgs,
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true}, // the module is what is wrong
		RunE: func(_ *cobra.Command, args []string) error {
			h, err := c.host()
			if err != nil {
				return err
			}
			return noModule(h, args)
		},
	}
	h, err := c.host()
	if err != nil {
		return cmd // every command that needs the modules reports it
	}
	for _, spec := range h.Specs() {
		if h.Primary(spec.Name) != nil {
			cmd.AddCommand(c.moduleCommand(h, spec))
		}
	}
	return cmd
}

// noModule is for a command line whose first word names no module.
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
				return fmt.Errorf("the prompt is one argument, and there are %d: put it in quotes", len(args))
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVarP(&g.output, "output", "o", "", "`file`, folder/ or - for the results; the extension may be left out")
	f.StringVar(&g.input, "input", "", "JSON of the input: a `file`, or - for the standard input; flags win over it")
	f.StringVar(&g.operation, "operation", "", "`name` of the operation")
	f.BoolVar(&g.wait, "wait", true, "wait for the result")
	f.BoolVar(&g.noWait, "no-wait", false, "say the task's id and do not wait")
	f.BoolVar(&g.json, "json", false, "say the task as JSON")
	f.StringVar(&g.key, "idempotency-key", "", "`key` of the purchase: repeated with the same key, it buys nothing new")
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

// completions are the values that a shell can offer.
func completions(cmd *cobra.Command, ops []operation, fields map[string]*fieldFlag) {
	offer := func(flag string, values []string) {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)) // the flag is there
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

// models are the ids that can be asked for.
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

// generate makes one purchase and brings its results.
func (c *cli) generate(ctx context.Context, ops []operation, g *generateFlags, fields map[string]*fieldFlag, prompt *string) (err error) {
	wait := g.wait && !g.noWait
	if !wait && g.output != "" {
		return usage("-o wants the result; leave --no-wait out, or fetch it later with `aigc tasks wait ID -o …`")
	}
	op, err := choose(ops, g.operation)
	if err != nil {
		return err
	}
	document, err := c.document(g.input)
	if err != nil {
		return err
	}
	raw, err := gather(op, fields, prompt, document)
	if err != nil {
		return err
	}
	paths, err := files(op, raw)
	if err != nil {
		return err
	}
	var to target
	if wait {
		if to, err = newTarget(g.output); err != nil {
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
	if raw, err = c.uploaded(ctx, s, op, raw, paths); err != nil {
		return err
	}
	v, err := c.buy(ctx, s, op, raw, g.key)
	if err != nil {
		return err
	}
	if !wait {
		return c.leave(v, s.local(), g.json)
	}
	return c.collect(ctx, s, v, to, g.output, g.json)
}
