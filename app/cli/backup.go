package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"aigc/app"
	"aigc/app/backup"
	"aigc/config"
)

func (c *cli) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "backup DIR|FILE.tar", Short: "Copy the embedded stores, while a server uses them", Args: cobra.ExactArgs(1),
		Long: "Copy ledger, spool and objects of AIGC_DATA_DIR to a new folder or a new tar file. A server may\n" +
			"go on using them. The copy is consistent: every object that its ledger names is in it, and is\n" +
			"compared with its SHA-256. Tasks that are queued in the copy are not submitted from it until\n" +
			"`aigc restore --release`, since the original server may submit them. See docs/backup.md.",
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := c.embedded("backup")
			if err != nil {
				return err
			}
			if !ledgerExists(l) {
				return fmt.Errorf("there is no ledger in %s; set AIGC_DATA_DIR to the folder to copy", l.DataDir)
			}
			line := c.newLine()
			m, err := backup.Run(cmd.Context(), backup.Source{
				Dir: l.DataDir, Version: app.Version, NoObjects: l.MinioEndpoint != "",
				OnProgress: func(objects, bytes int64) { line.show("%d objects, %s", objects, byteText(bytes)) },
			}, args[0])
			line.end()
			if err != nil {
				return err
			}
			c.print("%s: %d tasks, %d answers in the spool, %d objects (%s)\n", args[0], m.Tasks, m.Answers, m.Objects, byteText(m.Bytes))
			if l.MinioEndpoint != "" {
				c.say("The objects are in the bucket %s at %s, which is not copied.", l.MinioBucket, l.MinioEndpoint)
			}
			c.sayHeld(m.Held)
			return damaged(m.Damaged)
		},
	}
}

func (c *cli) restoreCommand() *cobra.Command {
	var release bool
	cmd := &cobra.Command{
		Use: "restore DIR|FILE.tar", Short: "Copy a backup into AIGC_DATA_DIR", Args: cobra.MaximumNArgs(1),
		Long: "Copy a backup into AIGC_DATA_DIR, which must have no ledger yet, and compare every object with\n" +
			"its SHA-256. Tasks that were queued when the backup was made are not submitted, since the\n" +
			"original server may have done it since then. Once it is certain that it has not, stop the\n" +
			"server and submit them by `aigc restore --release`.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if release != (len(args) == 0) {
				return &usageError{errors.New("name the backup to restore, or use --release alone")}
			}
			l, err := c.embedded("restore")
			if err != nil {
				return err
			}
			unlock, err := app.Lock(l.DataDir, "restore")
			if err != nil {
				return err
			}
			defer func() { _ = unlock() }()
			if release {
				return c.release(cmd.Context(), l)
			}
			m, err := backup.Restore(cmd.Context(), args[0], l.DataDir)
			if err != nil {
				return err
			}
			c.print("%s: restored the backup of %s: %d tasks, %d objects\n", l.DataDir, m.Created.Format(time.RFC3339), m.Tasks, m.Objects)
			c.sayHeld(m.Held)
			return damaged(m.Damaged)
		},
	}
	cmd.Flags().BoolVar(&release, "release", false, "submit the tasks that were queued when the backup was made; the server must be stopped")
	return cmd
}

// release lets the held tasks of a restored ledger be submitted.
func (c *cli) release(ctx context.Context, l *config.Settings) (err error) {
	if !ledgerExists(l) {
		return fmt.Errorf("there is no ledger in %s; set AIGC_DATA_DIR to the restored folder", l.DataDir)
	}
	db, err := app.OpenLedger(ctx, l)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	n, err := db.Release(ctx)
	if err == nil {
		c.print("%d queued tasks will be submitted by the next server\n", n)
	}
	return err
}

// embedded loads the settings for a command that works on the embedded ledger.
func (c *cli) embedded(command string) (*config.Settings, error) {
	l, err := c.settings()
	if err != nil {
		return nil, err
	}
	if l.DatabaseURL != "" {
		return nil, fmt.Errorf("aigc %s copies the embedded stores, and DATABASE_URL is set: use pg_dump and pg_restore, and a copy of the bucket; see docs/backup.md", command)
	}
	return l, nil
}

func (c *cli) sayHeld(n int64) {
	if n > 0 {
		c.say("%d tasks are queued in the backup. A server on it does not submit them until `aigc restore --release`.", n)
	}
}

// maxNamed is how many damaged objects an error names.
const maxNamed = 10

// damaged is the error of objects that are missing or differ from what was stored; nil if
// there are none.
func damaged(list []string) error {
	if len(list) == 0 {
		return nil
	}
	text := fmt.Sprintf("%d objects are not as they were stored:", len(list))
	for _, name := range list[:min(len(list), maxNamed)] {
		text += "\n  " + name
	}
	if len(list) > maxNamed {
		text += fmt.Sprintf("\n  and %d more", len(list)-maxNamed)
	}
	return errors.New(text)
}

// line is a line on a terminal that is written over and over.
type line struct {
	c     *cli
	shown time.Time
}

func (c *cli) newLine() *line { return &line{c: c} }

func (l *line) show(format string, args ...any) {
	if !terminal(l.c.Err) || time.Since(l.shown) < 200*time.Millisecond {
		return
	}
	l.shown = time.Now()
	_, _ = fmt.Fprintf(l.c.Err, "\r\x1b[K"+format, args...)
}

func (l *line) end() {
	if !l.shown.IsZero() {
		_, _ = fmt.Fprint(l.c.Err, "\r\x1b[K")
	}
}

// byteText is a number of bytes for people.
func byteText(n int64) string {
	const units = "KMGTP"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	v, i := float64(n)/1000, 0
	for ; v >= 1000 && i < len(units)-1; i++ {
		v /= 1000
	}
	return fmt.Sprintf("%.1f %cB", v, units[i])
}

// dataDirOf is the data folder of sqlite:PATH, which names it or the ledger in it.
func dataDirOf(path string) string {
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		return path
	}
	return filepath.Dir(path)
}
