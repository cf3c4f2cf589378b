package cli

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aigc/app"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/schema"
	"aigc/app/service"
	"aigc/config"
)

func (c *cli) modelsCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "models [module]", Short: "List models, prices, and which settings they need", Args: cobra.MaximumNArgs(1),
		Long: "List the models, their list prices, and whether they can be used with the settings\nof this machine. It does not call a server.",
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := c.settings()
			if err != nil {
				return err
			}
			list := c.catalogue(c.registry, l)
			if len(args) == 1 {
				if c.registry.Primary(args[0]) == nil {
					return noModule(c.registry, args)
				}
				list = slices.DeleteFunc(list, func(m service.Model) bool { return m.Module != args[0] })
			}
			if asJSON {
				return printJSON(c.Out, list)
			}
			return c.modelTable(list)
		},
	}
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return c.completeModules(cmd, args, prefix)
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, with the schema of each input")
	return cmd
}

// catalogue is the answer of GET /api/models for the modules and settings of this
// process.
func (c *cli) catalogue(h *module.Registry, l *config.Settings) []service.Model {
	var ops []service.Operation
	for _, e := range h.Operations() {
		ops = append(ops, service.Operation{Registered: e, Schema: schema.New(e.Input)})
	}
	return service.Catalogue(ops, module.Announced(h, app.Accounts(l, c.verticals())), l.Routes)
}

// neededByAll is the setting that all models of an operation need and lack; empty if
// one is available or they need different ones.
func neededByAll(list []service.Model, operation string) (needs string) {
	for _, m := range list {
		switch {
		case m.Operation != operation || m.Retired != "":
		case m.Available || needs != "" && m.Needs != needs:
			return ""
		default:
			needs = m.Needs
		}
	}
	return needs
}

func (c *cli) modelTable(list []service.Model) error {
	t := newList(c.Out)
	operation, needs := "", ""
	for _, m := range list {
		if m.Retired != "" {
			continue
		}
		if m.Operation != operation {
			operation = m.Operation
			head := operation + " (" + string(m.Media) + ")"
			if needs = neededByAll(list, operation); needs != "" {
				head += ": set " + needs
			}
			t.heading(head)
		}
		id := m.ID
		if m.Default {
			id += " *"
		}
		route := "ready"
		switch {
		case m.Sandbox:
			route = "sandbox"
		case !m.Available && needs != "":
			route = "-"
		case !m.Available:
			route = "set " + m.Needs
		}
		t.row("  "+id, route, prices(m.Prices))
	}
	if err := t.flush(); err != nil {
		return err
	}
	c.say("%s", c.dim("* the module's default"))
	return nil
}

// prices shows the range from lowest to highest list price for up to two units.
func prices(list []provider.ListPrice) string {
	byUnit := map[string][]provider.Price{}
	var units []string
	for _, l := range list {
		p := l.Price()
		if p.Micros == 0 {
			continue // free units are only in --json
		}
		if byUnit[p.Unit] == nil {
			units = append(units, p.Unit)
		}
		byUnit[p.Unit] = append(byUnit[p.Unit], p)
	}
	byPrice := func(a, b provider.Price) int { return cmp.Compare(a.Micros, b.Micros) }
	parts := make([]string, len(units))
	for i, unit := range units {
		low, high := slices.MinFunc(byUnit[unit], byPrice), slices.MaxFunc(byUnit[unit], byPrice)
		low.Match = nil
		parts[i] = low.String()
		if high.Micros > low.Micros {
			amount := provider.Money{Micros: low.Micros, Currency: low.Currency}.String()
			most := provider.Money{Micros: high.Micros, Currency: low.Currency}.String()
			parts[i] = strings.Replace(parts[i], amount, strings.TrimSuffix(amount, " "+low.Currency)+"–"+most, 1)
		}
	}
	text := strings.Join(parts, ", ")
	if len(parts) > 2 {
		text = strings.Join(parts[:2], ", ") + " …" // --json has all
	}
	return text
}
