// Package docs holds what is written about the project, and a test of its words.
package docs

import (
	"bufio"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// retired are words that were private to this project or had several meanings;
// docs/glossary.md has the ones to use.
var retired = []struct {
	word *regexp.Regexp
	use  string
}{
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

// mayDraw are the folders of the sandbox, which draws pictures.
var mayDraw = regexp.MustCompile(`^(app/sandbox|modules/internal/[a-z]+/sandbox)/|/testdata/`)

// drawing is how others name what the sandbox draws, and a vendor a style of images.
var drawing = regexp.MustCompile(`sandbox/picture"|\.Picture\(|\bpicture\.[A-Z]\w*|\banalog-film\b`)

// skipped are files that name retired words on purpose, or that others wrote.
var skipped = map[string]bool{
	"docs/words_test.go": true, "docs/glossary.md": true, "CHANGELOG.md": true, "go.sum": true,
	"migrations/sqlite/0004_cause_names.sql": true, "app/ledger/sqlite_test.go": true, // rows of earlier versions
}

// TestWords finds retired words in code, documents and messages. AIGC_WORDS is a
// folder to look at alone.
func TestWords(t *testing.T) {
	t.Parallel()
	root := ".."
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
			for i, r := range retired {
				text := lines.Text()
				if i == 0 {
					if mayDraw.MatchString(name) {
						continue
					}
					text = drawing.ReplaceAllString(text, "")
				}
				if found := r.word.FindString(text); found != "" {
					t.Errorf("%s:%d: %q; write %s", name, n, found, r.use)
				}
			}
		}
		return lines.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}
