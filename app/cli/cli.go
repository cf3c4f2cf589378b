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

// Streams are where a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Main runs the command line of this process and returns its exit code. The
// first SIGINT or SIGTERM ends work in order, the second one at once.
func Main(modules []module.Module, imitations []sandbox.Imitation) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(codeInterrupted)
	}()
	return Run(ctx, modules, imitations, Streams{os.Stdin, os.Stdout, os.Stderr}, os.Args[1:])
}

// Run runs one command and returns its exit code. The end of ctx is what an
// interrupt is to a process.
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
	if err != nil && !c.begun {
		err = &usageError{err}
	}
	if err == nil {
		err = c.broken
	}
	return c.exit(ctx, cmd, err)
}

// cli is one run of a command.
type cli struct {
	Streams
	paint
	modules    []module.Module
	imitations []sandbox.Imitation
	mounted    *module.Registry
	load       func(*module.Registry) (*config.Settings, error)
	begun      bool // the arguments were understood

	awaiting bool  // it was said that we wait for another process
	broken   error // the output
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "aigc",
		Short: "Image and video models behind one REST API and one MCP server",
		Long: "aigc puts image and video models behind one REST API and one MCP server.\n" +
			"It runs each generation as a durable task, never pays twice, never loses a\n" +
			"paid result, and says what it cost.\n\n" +
			"Start with:  aigc generate gpt \"a red fox\" -o fox.png   (no key needed: it is\n" +
			"drawn by the offline sandbox)   or   aigc all   and open /docs.",
		SilenceErrors:    true,
		SilenceUsage:     true,
		PersistentPreRun: func(*cobra.Command, []string) { c.begun = true },
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
	add("operate", c.keysCommand(), c.migrateCommand(), c.configCommand(), c.doctorCommand(), c.versionCommand())
	return root
}

// host mounts the modules; once is enough.
func (c *cli) host() (*module.Registry, error) {
	if c.mounted == nil {
		h, err := module.NewRegistry(c.modules...)
		if err != nil {
			return nil, err
		}
		c.mounted = h
	}
	return c.mounted, nil
}

// verticals are what the program is built with.
func (c *cli) verticals() app.Verticals {
	return app.Verticals{Registry: c.mounted, Sandboxes: c.imitations}
}

// settings reads them, and says what is odd about them.
func (c *cli) settings() (*config.Settings, error) {
	h, err := c.host()
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

// say writes a line for people.
func (c *cli) say(format string, args ...any) { _, _ = fmt.Fprintf(c.Err, format+"\n", args...) }

// print writes a part of the result. That it could not be written is said at
// the end.
func (c *cli) print(format string, args ...any) {
	if _, err := fmt.Fprintf(c.Out, format, args...); err != nil && c.broken == nil {
		c.broken = fmt.Errorf("the output cannot be written: %w", err)
	}
}

func (c *cli) warn(text string) { c.say("%s %s", c.yellow("aigc: warning:"), text) }
