package deploytest

import (
	"bytes"
	"debug/elf"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// stage is one stage of a Dockerfile.
type stage struct {
	base  string
	steps []step
}

// step is an instruction: its name in upper case, and the text after it.
type step struct{ name, text string }

// readDockerfile reads the stages of a Dockerfile, whose instructions stand on one line each.
func readDockerfile(path string) ([]stage, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var stages []stage
	for line := range strings.Lines(string(data)) {
		name, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch name = strings.ToUpper(name); {
		case name == "" || strings.HasPrefix(name, "#"):
		case name == "FROM":
			stages = append(stages, stage{base: text})
		case len(stages) == 0 || strings.HasSuffix(text, `\`):
			return nil, fmt.Errorf("%s: %q is not understood", path, line)
		default:
			s := &stages[len(stages)-1]
			s.steps = append(s.steps, step{name, text})
		}
	}
	return stages, nil
}

// run runs the RUN instructions in the folder source. What they make at the root of the file
// system they make in the folder root instead.
func (s stage) run(source, root string) error {
	for _, step := range s.steps {
		if step.name != "RUN" {
			continue
		}
		command := strings.NewReplacer(" /aigc", " "+root+"/aigc", " /data", " "+root+"/data").Replace(step.text)
		cmd := exec.Command("sh", "-ec", command)
		cmd.Dir, cmd.Env = source, append(os.Environ(), "VERSION="+version, "GOFLAGS=-buildvcs=false") // .git is not copied into the image
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("RUN %s: %w\n%s", step.text, err, out)
		}
	}
	return nil
}

// all returns the texts of a stage's instructions of one name.
func (s stage) all(name string) (texts []string) {
	for _, step := range s.steps {
		if step.name == name {
			texts = append(texts, step.text)
		}
	}
	return texts
}

// command returns the JSON form of ENTRYPOINT, CMD, or the CMD of HEALTHCHECK.
func (s stage) command(t *testing.T, name string) (words []string) {
	t.Helper()
	for _, text := range s.all(name) {
		if err := json.Unmarshal([]byte(text[strings.Index(text, "["):]), &words); err != nil {
			t.Fatalf("%s %s: %v", name, text, err)
		}
	}
	return words
}

// environment returns what ENV sets, as NAME=value.
func (s stage) environment() (list []string) {
	for _, text := range s.all("ENV") {
		list = append(list, strings.Fields(text)...)
	}
	return list
}

func lastStage(t *testing.T) stage {
	t.Helper()
	stages, err := readDockerfile(filepath.Join(repository, "Dockerfile"))
	if err != nil || len(stages) != 2 {
		t.Fatalf("%d stages, %v", len(stages), err)
	}
	return stages[1]
}

// The image's program is static and knows its version.
func TestBinary(t *testing.T) {
	t.Parallel()
	file, err := elf.Open(binary(t))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if libraries, err := file.ImportedLibraries(); err != nil || len(libraries) > 0 {
		t.Errorf("it needs %v, %v", libraries, err)
	}
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("it has a program header %s", p.Type)
		}
	}
	out, err := exec.Command(binary(t), "version").Output()
	if err != nil || !bytes.Contains(out, []byte(version)) {
		t.Errorf("aigc version: %s, %v", out, err)
	}
}

func TestDockerfile(t *testing.T) {
	t.Parallel()
	final := lastStage(t)
	variables := map[string]string{}
	for _, kv := range final.environment() {
		name, value, _ := strings.Cut(kv, "=")
		variables[name] = value
	}
	checkKnown(t, "ENV", settings(t, variables), variables)
	if user := final.all("USER"); !slices.Equal(user, []string{"65532:65532"}) {
		t.Errorf("USER %v: Kubernetes takes only a number for not root", user)
	}
	if len(final.all("RUN")) > 0 {
		t.Error("RUN in the final stage, which has no shell")
	}
	if !strings.Contains(final.base, "static") || strings.HasSuffix(final.base, "latest") {
		t.Errorf("FROM %s", final.base)
	}
	for _, name := range []string{"HEALTHCHECK", "ENTRYPOINT", "VOLUME", "STOPSIGNAL", "LABEL"} {
		if len(final.all(name)) == 0 {
			t.Errorf("there is no %s", name)
		}
	}
}
