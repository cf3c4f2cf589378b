package app

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/term"
	"gopkg.in/natefinch/lumberjack.v2"

	"aigc/app/capacity"
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
		out = zerolog.MultiLevelWriter(out, &logFile{
			file: &lumberjack.Logger{Filename: c.LogFile, MaxSize: 10, MaxBackups: 10, MaxAge: 30},
			dir:  filepath.Dir(c.LogFile), dataDir: c.DataDir, keep: capacity.Floor + int64(c.ReserveVideo),
		})
	}
	level, err := zerolog.ParseLevel(c.LogLevel)
	if err != nil {
		level = zerolog.InfoLevel // not reached with checked settings
	}
	return zerolog.New(out).Level(level).With().Timestamp().Logger()
}

// logFile writes to AIGC_LOG_FILE. On the disk of the data folder it leaves free what
// purchases under way need: lines are dropped then, and their number is logged once there
// is room again.
type logFile struct {
	file         io.Writer
	dir, dataDir string
	keep         int64 // bytes that stay free beyond all reservations

	mu       sync.Mutex
	volume   *capacity.Volume
	reserved *capacity.Reservation
	dropped  int
}

// Write implements [io.Writer]. A line that is dropped is no error.
func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.reserved == nil && l.onDataDisk() {
		l.reserved = l.volume.Empty()
	}
	if l.reserved.Grow(int64(len(p)), l.keep) != nil {
		l.dropped++
		return len(p), nil
	}
	if l.dropped > 0 {
		note := fmt.Sprintf(`{"level":"warn","message":"%d lines of the log were dropped because the disk was short of room"}`+"\n", l.dropped)
		_, _ = l.file.Write([]byte(note))
		l.dropped = 0
	}
	n, err := l.file.Write(p)
	l.reserved.Wrote(int64(n))
	return n, err
}

// onDataDisk says whether the log is on the disk of the data folder. The folders may not
// exist yet: then it is asked again.
func (l *logFile) onDataDisk() bool {
	if _, err := os.Stat(l.dir); err != nil {
		return false
	}
	if _, err := os.Stat(l.dataDir); err != nil {
		return false
	}
	l.volume = capacity.VolumeOf(l.dataDir)
	return l.volume == capacity.VolumeOf(l.dir)
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
