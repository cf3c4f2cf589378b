package app

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/term"
	"gopkg.in/natefinch/lumberjack.v2"

	"aigc/config"
)

// NewLog returns the process's logger. It writes to stderr, since stdout is for
// results: coloured text on a terminal, otherwise JSON. AIGC_LOG_FILE names a
// rotated file that gets the lines as JSON, too.
func NewLog(c *config.Config) zerolog.Logger {
	return newLog(c, os.Stderr, term.IsTerminal(int(os.Stderr.Fd())))
}

// NewFileLog returns a logger that writes to AIGC_LOG_FILE only, if it is set: for a
// command whose stderr has text for people.
func NewFileLog(c *config.Config) zerolog.Logger { return newLog(c, io.Discard, false) }

func newLog(c *config.Config, out io.Writer, tty bool) zerolog.Logger {
	if c.LogFormat == "console" || c.LogFormat == "" && tty {
		plain := !tty || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb"
		out = zerolog.ConsoleWriter{Out: out, TimeFormat: time.TimeOnly, NoColor: plain}
	}
	if c.LogFile != "" {
		out = zerolog.MultiLevelWriter(out, &lumberjack.Logger{Filename: c.LogFile, MaxSize: 10, MaxBackups: 10, MaxAge: 30})
	}
	level, err := zerolog.ParseLevel(c.LogLevel)
	if err != nil {
		level = zerolog.InfoLevel // not reached with checked settings
	}
	return zerolog.New(out).Level(level).With().Timestamp().Logger()
}

// CheckLogFile creates the log file and returns an error if it cannot be written:
// the rotating writer would lose every line without an error.
func CheckLogFile(path string) error {
	if path == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("AIGC_LOG_FILE: %w", err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("AIGC_LOG_FILE: %w", err)
	}
	return f.Close()
}
