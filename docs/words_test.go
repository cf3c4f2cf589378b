// Package docs holds what is written about the project, and a test of its words.
package docs

import (
	"bufio"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// retired are words that were private to this project or had several meanings;
// docs/glossary.md has the ones to use.
var retired = []retiredWord{
	{word(`pictures?|films?`), "image, video"},
	{word(`settle[sd]?|settling`), "sync, record, done"},
	{regexp.MustCompile(`\b(rests?|rested|resting|Rests)\b`), "remaining, other; pending; depends on"},                                     // REST is a name
	{regexp.MustCompile(`\b([Ww]hoever|[Ss]ome(body|one)|[Nn]obody|[Aa]nybody|[Ee]verybody)\b`), "the caller, the worker, no process ..."}, // http.NoBody is a name,
	{word(`meanwhile`), "while ..."},
	{word(`riddles?`), "the mechanism"},
	{word(`shall`), "must, is"},
	{word(`anew`), "again, new"},
	{word(`heirs?|inherit(s|ed)?`), "standby, take over"},
	{word(`killpoints?|hoist(s|ed|ing)?`), "failpoint, jsonblob, extract"},
	{word(`vendor_no|vendor_stop|queue_over|reask|disproved`), "the causes in app/task/moves.go"},
}

func word(alternatives string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(` + alternatives + `)\b`)
}

type retiredWord struct {
	word *regexp.Regexp // of one word, see isSeparator
	use  string
}

// mayDraw are the folders of the sandbox, which draws pictures.
var mayDraw = regexp.MustCompile(`^(app/sandbox|modules/internal/[a-z]+/sandbox)/|/testdata/`)

// drawing is how others name what the sandbox draws, and a vendor a style of images.
var drawing = regexp.MustCompile(`sandbox/picture"|\.Picture\(|\bpicture\.[A-Z]\w*|\banalog-film\b`)

// skipped are files that name retired words on purpose, or that others wrote.
var skipped = map[string]bool{
	"docs/words_test.go": true, "docs/glossary.md": true, "CHANGELOG.md": true, "go.sum": true,
	"migrations/sqlite/0004_cause_names.sql": true, "app/ledger/sqlite_test.go": true, // rows of earlier versions
	"bench/compare/bullmq/package-lock.json": true, // names of packages
}

// isSeparator reports whether r is between two words, as \b of a regular expression has
// it.
func isSeparator(r rune) bool {
	return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

// verdicts are the indices in retired by word, -1 for none. Most words are in the tree
// many times, and matching is slow with the race detector.
type verdicts map[string]int

func (v verdicts) of(token string) int {
	i, known := v[token]
	if !known {
		i = slices.IndexFunc(retired, func(r retiredWord) bool { return r.word.MatchString(token) })
		v[token] = i
	}
	return i
}

// TestWords finds retired words in code, documents and messages. AIGC_WORDS is a
// folder to look at alone.
func TestWords(t *testing.T) {
	t.Parallel()
	root, found := "..", verdicts{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		if d.IsDir() {
			if base := d.Name(); path != root && (strings.HasPrefix(base, ".") && base != ".ci" && base != ".github" || base == "swagger" || name == "data") {
				return filepath.SkipDir
			}
			return nil
		}
		if only := os.Getenv("AIGC_WORDS"); skipped[name] || only != "" && !strings.HasPrefix(name, only) {
			return nil
		}
		switch filepath.Ext(name) {
		case ".go", ".md", ".sql", ".yml", ".yaml", ".json", ".example", "":
		default:
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil || bytes.IndexByte(data, 0) >= 0 { // a binary
			return err
		}
		lines := bufio.NewScanner(bytes.NewReader(data))
		lines.Buffer(nil, len(data)+1)
		for n := 1; lines.Scan(); n++ {
			for token := range strings.FieldsFuncSeq(lines.Text(), isSeparator) {
				i := found.of(token)
				if i < 0 || i == 0 && (mayDraw.MatchString(name) || !retired[0].word.MatchString(drawing.ReplaceAllString(lines.Text(), ""))) {
					continue
				}
				t.Errorf("%s:%d: %q; write %s", name, n, token, retired[i].use)
			}
		}
		return lines.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}
