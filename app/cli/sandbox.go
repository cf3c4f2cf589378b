package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"aigc/app/sandbox"
)

func (c *cli) sandboxCommand() *cobra.Command {
	var addr, dir string
	cmd := &cobra.Command{
		Use: "sandbox", Short: "Run only the offline sandbox, which imitates the vendors", Args: cobra.NoArgs,
		Long: "Run only the offline sandbox: imitations of all vendors that make real image and\n" +
			"video files and cost nothing. Directives in the prompt cause faults ([[429]],\n" +
			"[[refuse]], [[drop]], [[slow 5s]] …; listed at /sandbox/directives). Purchases\n" +
			"are counted at /sandbox/purchases.",
		RunE: func(cmd *cobra.Command, _ []string) error { return c.sandbox(cmd.Context(), addr, dir) },
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:0", "`address` to listen on; port 0: the port of the last run")
	cmd.Flags().StringVar(&dir, "dir", "", "`folder` for its jobs and purchases (default sandbox in AIGC_DATA_DIR)")
	return cmd
}

func (c *cli) sandbox(ctx context.Context, addr, dir string) error {
	l, err := c.settings()
	if err != nil {
		return err
	}
	if dir == "" {
		dir = filepath.Join(l.DataDir, "sandbox")
	}
	c.imitations = sandbox.Play(c.imitations, l.SandboxAggregator)
	s, err := sandbox.New(dir, c.imitations...)
	if err != nil {
		return err
	}
	if err := s.Listen(addr); err != nil {
		return fmt.Errorf("--addr: %w", errors.Join(err, s.Close()))
	}
	if err := c.sandboxEnv(s.Root(), dir); err != nil {
		return errors.Join(err, s.Close())
	}
	c.say("%s %s", c.green("●"), c.bold("The sandbox is at "+s.Root()))
	<-ctx.Done()
	return s.Close()
}

// sandboxEnv prints lines for .env or a shell, and writes the key files that they
// name into dir.
func (c *cli) sandboxEnv(root, dir string) error {
	c.print("# aigc against this sandbox:\nAIGC_SANDBOX=on\nAIGC_SANDBOX_URL=%s\n", root)
	c.print("# or for single vendors, also in other programs:\n")
	for _, i := range c.imitations {
		v, account := i.Vendor, i.Account(root)
		prefix := "#   "
		c.print("# %s\n", v.Title)
		lines := [][2]string{{v.KeyName(), account.Secret.Reveal()}}
		switch {
		case account.IsPair():
			lines = [][2]string{{v.KeyName(), account.AccessKey.Reveal()}, {v.Prefix + "_SECRET_KEY", account.Secret.Reveal()}}
		case json.Valid([]byte(account.Secret.Reveal())): // the content of a key file
			file, err := filepath.Abs(filepath.Join(dir, v.Name+"-key.json"))
			if err == nil {
				err = os.WriteFile(file, []byte(account.Secret.Reveal()), 0o600)
			}
			if err != nil {
				return fmt.Errorf("the key of %s: %w", v.Title, err)
			}
			c.print("%s%s=%s\n%sits API: %s\n", prefix, v.KeyName(), file, prefix, account.BaseURL)
			continue
		}
		for _, l := range lines {
			c.print("%s%s=%s\n", prefix, l[0], l[1])
		}
		if v.Prefix == "" { // the vendor names the variable of its address itself
			c.print("%sits API: %s\n", prefix, account.BaseURL)
			continue
		}
		c.print("%s%s_BASE_URL=%s\n", prefix, v.Prefix, account.BaseURL)
	}
	return nil
}
