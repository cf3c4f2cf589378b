package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"aigc/app"
	"aigc/app/module"
	"aigc/app/sandbox"
	"aigc/config"
)

// Streams are the standard streams of a command.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Main runs the command line of this process and returns its exit code. The first
// SIGINT or SIGTERM begins a graceful stop, the second one exits at once.
func Main(modules []module.Module, imitations []sandbox.Imitation) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	// Without a handler the runtime ends the process when the reader of stdout or
	// stderr has closed it, in the middle of a purchase. With one, the write fails.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(codeInterrupted)
	}()
	return Run(ctx, modules, imitations, Streams{os.Stdin, os.Stdout, os.Stderr}, os.Args[1:])
}

// Run runs one command and returns its exit code. Canceling ctx has the effect of
// the first interrupt.
func Run(ctx context.Context, modules []module.Module, imitations []sandbox.Imitation, s Streams, args []string) int {
	c := &cli{Streams: s, modules: modules, imitations: imitations, load: config.Load, paint: paint(colours(s.Err))}
	return c.run(ctx, args)
}

func (c *cli) run(ctx context.Context, args []string) int {
	root := c.root()
	root.SetArgs(args)
	root.SetIn(c.In)
	root.SetOut(c.Out)
	root.SetErr(c.Err)
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil && !c.argsParsed {
		err = &usageError{err}
	}
	if err == nil {
		err = c.outputErr
	}
	return c.exit(ctx, cmd, err)
}

// cli is one run of a command.
type cli struct {
	Streams
	paint
	modules    []module.Module
	imitations []sandbox.Imitation
	registry   *module.Registry // set by loadRegistry
	load       func(*module.Registry) (*config.Settings, error)
	argsParsed bool // false: an error is a usage error

	lockNoticeShown bool  // await has printed its notice
	outputErr       error // first error of writing standard output
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "aigc",
		Short: "Image and video models behind one REST API and one MCP server",
		Long: "aigc puts image and video models behind one REST API and one MCP server.\n" +
			"It runs each generation as a durable task, does not pay twice, keeps every paid\n" +
			"result, and reports the cost.\n\n" +
			"Start with:  aigc generate gpt \"a red fox\" -o fox.png   (without a vendor key the\n" +
			"offline sandbox makes the image)   or   aigc all   and open /docs.",
		SilenceErrors:    true,
		SilenceUsage:     true,
		PersistentPreRun: func(*cobra.Command, []string) { c.argsParsed = true },
	}
	root.AddGroup(
		&cobra.Group{ID: "serve", Title: "Serve:"},
		&cobra.Group{ID: "use", Title: "Use:"},
		&cobra.Group{ID: "operate", Title: "Operate:"},
	)
	add := func(group string, cmds ...*cobra.Command) {
		for _, cmd := range cmds {
			cmd.GroupID = group
			root.AddCommand(cmd)
		}
	}
	add("serve", c.allCommand(), c.serveAPICommand(), c.serveMCPCommand(), c.workerCommand(), c.sandboxCommand())
	add("use", c.generateCommand(), c.tasksCommand(), c.modelsCommand())
	add("operate", c.keysCommand(), c.migrateCommand(), c.backupCommand(), c.restoreCommand(), c.configCommand(), c.statusCommand(), c.doctorCommand(), c.versionCommand())
	return root
}

// loadRegistry builds the registry of the modules at the first call.
func (c *cli) loadRegistry() (*module.Registry, error) {
	if c.registry == nil {
		h, err := module.NewRegistry(c.modules...)
		if err != nil {
			return nil, err
		}
		c.registry = h
	}
	return c.registry, nil
}

// verticals returns the modules and sandbox imitations; after loadRegistry.
func (c *cli) verticals() app.Verticals {
	return app.Verticals{Registry: c.registry, Sandboxes: c.imitations}
}

// settings loads the settings and prints their warnings.
func (c *cli) settings() (*config.Settings, error) {
	h, err := c.loadRegistry()
	if err != nil {
		return nil, err
	}
	l, err := c.load(h)
	if err != nil {
		return nil, err
	}
	for _, w := range l.Warnings {
		c.warn(w)
	}
	return l, nil
}

// say writes a line for people to standard error.
func (c *cli) say(format string, args ...any) { _, _ = fmt.Fprintf(c.Err, format+"\n", args...) }

// print writes a part of the result to standard output. An error is kept and
// reported at the end.
func (c *cli) print(format string, args ...any) {
	if _, err := fmt.Fprintf(c.Out, format, args...); err != nil && c.outputErr == nil {
		c.outputErr = fmt.Errorf("the output cannot be written: %w", err)
	}
}

func (c *cli) warn(text string) { c.say("%s %s", c.yellow("aigc: warning:"), text) }
