package app

import (
	"io"
	"os"
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
	var out io.Writer = os.Stderr
	if c.LogFormat == "console" || c.LogFormat == "" && term.IsTerminal(int(os.Stderr.Fd())) {
		out = zerolog.ConsoleWriter{Out: os.Stderr, TimeFormat: time.TimeOnly, NoColor: !term.IsTerminal(int(os.Stderr.Fd()))}
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
