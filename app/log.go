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

// NewLog makes the process's log: in colour on a terminal, else JSON, and to a
// rotated file as well if one is named. It goes to stderr, so that stdout
// stays free for results.
func NewLog(c *config.Config) zerolog.Logger {
	return newLog(c, os.Stderr, term.IsTerminal(int(os.Stderr.Fd())))
}

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
		level = zerolog.InfoLevel // config has checked it
	}
	return zerolog.New(out).Level(level).With().Timestamp().Logger()
}

// CheckLogFile says why a log could not be written, if so: the writer finds out with
// every line, and tells nobody. It makes the file.
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
