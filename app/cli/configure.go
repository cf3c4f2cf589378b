package cli

import (
	"github.com/spf13/cobra"
)

func (c *cli) configCommand() *cobra.Command {
	var asJSON, set bool
	cmd := &cobra.Command{
		Use: "config", Short: "List all settings with value, source and description", Args: cobra.NoArgs,
		Long: "List every variable that aigc reads, from the environment and from .env, with its\nvalue, its source and its description. Secrets are shown as dots.",
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
			for _, s := range list {
				c.print("%s=%s  (%s)\n", s.Name, oneLine(s.Value), s.Source)
				c.print("%s\n", wrap(s.Doc, "    ", screenColumns))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&set, "set", false, "list only variables that are set")
	return cmd
}
