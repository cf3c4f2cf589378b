package app

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aigc/config"
)

func TestLogFormats(t *testing.T) {
	t.Setenv("NO_COLOR", "")
	t.Setenv("TERM", "xterm")
	tests := []struct {
		name, format string
		tty          bool
		json, colour bool
	}{
		{"a file or a pipe", "", false, true, false},
		{"a terminal", "", true, false, true},
		{"JSON by setting", "json", true, true, false},
		{"text by setting", "console", false, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			c := &config.Config{}
			c.LogFormat, c.LogLevel = tt.format, "warn"
			l := newLog(c, &out, tt.tty)
			l.Info().Msg("below the level")
			l.Warn().Msg("a line")
			if got := json.Valid(out.Bytes()); got != tt.json {
				t.Errorf("JSON: %v, want %v, in %q", got, tt.json, out.String())
			}
			if got := strings.Contains(out.String(), "\x1b["); got != tt.colour {
				t.Errorf("colour: %v, want %v, in %q", got, tt.colour, out.String())
			}
			if s := out.String(); !strings.Contains(s, "a line") || strings.Contains(s, "below") {
				t.Errorf("wrote %q", s)
			}
		})
	}
	t.Setenv("NO_COLOR", "1")
	var out bytes.Buffer
	plain := newLog(&config.Config{Process: config.Process{LogLevel: "info"}}, &out, true)
	plain.Error().Msg("plain")
	if s := out.String(); !strings.Contains(s, "plain") || strings.Contains(s, "\x1b[") {
		t.Errorf("with NO_COLOR set: %q", s)
	}
}

func TestLogFileIsRotated(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "logs")
	c := &config.Config{}
	c.LogFile, c.LogFormat, c.LogLevel = filepath.Join(dir, "aigc.log"), "console", "info"
	if err := CheckLogFile(c.LogFile); err != nil {
		t.Fatal(err)
	}
	l := newLog(c, io.Discard, false)
	line := strings.Repeat("x", 64<<10)
	for range (11 << 20) / len(line) {
		l.Info().Msg(line)
	}
	found, err := os.ReadDir(dir)
	if err != nil || len(found) != 2 {
		t.Fatalf("files %v, %v; want the log and one rotated file", found, err)
	}
	for _, f := range found {
		info, err := f.Info()
		if err != nil || info.Mode().Perm() != 0o600 || info.Size() == 0 || info.Size() > 10<<20 {
			t.Errorf("%s: %v, %v", f.Name(), info, err)
		}
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(data) {
			if !json.Valid(line) {
				t.Fatalf("%s has a line that is not JSON", f.Name())
			}
		}
	}
}

func TestLogFileThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/dev/null/aigc.log", t.TempDir()} {
		if err := CheckLogFile(path); err == nil || !strings.Contains(err.Error(), "AIGC_LOG_FILE: ") {
			t.Errorf("%s: %v", path, err)
		}
	}
}
