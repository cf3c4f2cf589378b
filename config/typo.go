package config

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// warnUnknown warns of set variables that are no settings: all that begin with AIGC_,
// and those whose name is similar to a setting that is not set. Without it a misspelt
// key would be noticed by the first request only.
func (l *Settings) warnUnknown() {
	known := map[string]bool{"AIGC_KILL_AT": true, "AIGC_TEST_REQUIRE": true}
	var unset []string
	for _, s := range l.List {
		known[s.Name] = true
		if os.Getenv(s.Name) == "" {
			unset = append(unset, s.Name)
		}
	}
	present := map[string]bool{}
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		present[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(present)) {
		if known[name] {
			continue
		}
		meant := nearest(name, unset)
		switch {
		case meant != "":
			l.Warnings = append(l.Warnings, fmt.Sprintf("%s is set, but there is no such setting; did you mean %s?", name, meant))
		case strings.HasPrefix(name, "AIGC_"):
			l.Warnings = append(l.Warnings, name+" is set, but there is no such setting.")
		}
	}
}

// nearest returns the setting with the same first word and an edit distance of at
// most 2 from name, or one that differs only in underscores and the word API; empty
// if there is none.
func nearest(name string, settings []string) string {
	best, edits := "", 3
	word, _, _ := strings.Cut(name, "_")
	strip := strings.NewReplacer("_", "", "API", "")
	for _, s := range settings {
		if strip.Replace(s) == strip.Replace(name) {
			return s
		}
		if !strings.HasPrefix(s, word+"_") {
			continue
		}
		if d := distance(name, s); d < edits {
			best, edits = s, d
		}
	}
	return best
}

// distance is the Levenshtein distance.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
