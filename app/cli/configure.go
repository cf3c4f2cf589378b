package cli

import (
	"github.com/spf13/cobra"
)

func (c *cli) configCommand() *cobra.Command {
	var asJSON, set bool
	cmd := &cobra.Command{
		Use: "config", Short: "Every variable: its value, where it came from, what it does", Args: cobra.NoArgs,
		Long: "Every variable that aigc reads, from the environment and from .env, with its\nvalue, where that came from, and what it does. Secrets are shown as dots.",
		RunE: func(*cobra.Command, []string) error {
			l, err := c.settings()
			if err != nil {
				return err
			}
			list := l.List[:0:0]
			for _, s := range l.List {
				if !set || s.Source != "default" {
					list = append(list, s)
				}
			}
			if asJSON {
				return printJSON(c.Out, list)
			}
			t := newTable(c.Out, "VARIABLE", "VALUE", "FROM", "WHAT IT DOES")
			for _, s := range list {
				value := s.Value
				if value == "" {
					value = "-"
				}
				t.row(s.Name, value, s.Source, s.Doc)
			}
			return t.flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.Flags().BoolVar(&set, "set", false, "only those that are set")
	return cmd
}
