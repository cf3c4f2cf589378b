package apptest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"aigc/app/apptest"
)

// Clients that generators make of the OpenAPI documents compile, and draw an image. The
// programs that use them are in testdata/clients.
func TestGeneratedClients(t *testing.T) {
	t.Parallel()
	p := apptest.StartAll(t, apptest.Binary(t, "faults"), t.TempDir())
	for name, draw := range map[string]func(*testing.T, *apptest.Process, string) string{"go": drawByGo, "ts": drawByTypeScript} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "clients", name))); err != nil {
				t.Fatal(err)
			}
			link := draw(t, p, dir)
			if a := p.Do("GET", link, ""); a.Status != 200 || a.Header.Get("Content-Type") != "image/png" {
				t.Errorf("%q: %d", link, a.Status)
			}
		})
	}
}

func saveDocument(t *testing.T, p *apptest.Process, path, dir string) string {
	t.Helper()
	file := filepath.Join(dir, "openapi.json")
	if err := os.WriteFile(file, p.Do("GET", path, "").Body, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func drawByGo(t *testing.T, p *apptest.Process, dir string) string {
	run := func(program string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", program, args, err, out)
		}
		return string(out)
	}
	run(apptest.Tool(t, "oapi-codegen"), "-generate", "types,client", "-package", "main", "-o", "client.go", saveDocument(t, p, "/openapi-3.0.json", dir))
	program := filepath.Join(dir, "client")
	run("go", "build", "-o", program, ".")
	return run(program, p.URL)
}

func drawByTypeScript(t *testing.T, p *apptest.Process, dir string) string {
	_, generator := nodeModule(t, "openapi-typescript/bin/cli.js")
	modules := strings.TrimSuffix(generator, filepath.FromSlash("/openapi-typescript/bin/cli.js"))
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	// Without the option a field with a default would be required in requests, too.
	runNode(t, dir, "openapi-typescript/bin/cli.js", "--default-non-nullable=false", saveDocument(t, p, "/openapi.json", dir), "-o", "api.d.ts")
	runNode(t, dir, "typescript/bin/tsc", "-p", ".")
	return string(runNode(t, dir, filepath.Join(dir, "out", "draw.js"), p.URL))
}
