package config

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// typos warns of variables that nobody reads: all that begin with AIGC_, and
// those that are a slip away from a setting which is not set. A misspelt key
// would otherwise be noticed by the first request.
func (l *Settings) typos() {
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

// nearest is the setting that name is at most two slips away from, with the
// same first word, or that differs only in underscores and the word API; empty
// if there is none.
func nearest(name string, settings []string) string {
	best, slips := "", 3
	word, _, _ := strings.Cut(name, "_")
	bare := strings.NewReplacer("_", "", "API", "")
	for _, s := range settings {
		if bare.Replace(s) == bare.Replace(name) {
			return s
		}
		if !strings.HasPrefix(s, word+"_") {
			continue
		}
		if d := distance(name, s); d < slips {
			best, slips = s, d
		}
	}
	return best
}

// distance counts the letters to add, drop or change (Levenshtein).
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
