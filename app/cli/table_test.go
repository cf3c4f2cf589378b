package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/rivo/uniseg"
)

func TestListFitsTheScreen(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := newList(&out, "TASK", "STATUS", "PROMPT")
	l.heading(strings.Repeat("heading ", 20))
	l.row("0190a000-0000-7000-8000-000000000001", "submitting", "a red fox\nin deep snow, with a long description that does not fit")
	l.row("0190a000-0000-7000-8000-000000000002", "queued", "一只红色的狐狸坐在雪地里看着远处的山峰和落日")
	l.row("0190a000-0000-7000-8000-000000000003", "queued", "")
	if err := l.flush(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	if len(lines) != 5 {
		t.Fatalf("%d lines:\n%s", len(lines), out.String())
	}
	for _, line := range lines {
		if uniseg.StringWidth(line) > screenColumns || strings.HasSuffix(line, " ") {
			t.Errorf("%d columns: %q", uniseg.StringWidth(line), line)
		}
	}
	for i, want := range []string{"TASK", "heading", "a red fox in deep", "一只红色的狐狸坐", "queued"} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("line %q lacks %q", lines[i], want)
		}
	}
	if !strings.HasSuffix(lines[2], "…") || !strings.HasSuffix(lines[3], "…") {
		t.Errorf("a cut is not marked: %q, %q", lines[2], lines[3])
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]time.Duration{
		"0s": -time.Second, "59s": 59 * time.Second, "1m": 90 * time.Second, "23h": 23*time.Hour + 59*time.Minute,
		"364d": 364 * 24 * time.Hour, "2y": 800 * 24 * time.Hour,
	} {
		if got := age(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	if got, want := wrap("one two  three four", "  ", 9), "  one two\n  three\n  four"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
