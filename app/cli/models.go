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

func (c *cli) modelTable(list []service.Model) error {
	t := newTable(c.Out, "OPERATION", "MODEL", "MAKES", "LIST PRICE", "ROUTE")
	for _, m := range list {
		if m.Retired != "" {
			continue
		}
		id := m.ID
		if m.Default {
			id += " *"
		}
		route := "ready"
		switch {
		case m.Sandbox:
			route = "sandbox"
		case !m.Available:
			route = "set " + m.Needs
		}
		t.row(m.Operation, id, string(m.Media), prices(m.Prices), route)
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
