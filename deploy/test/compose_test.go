package deploytest

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// loadCompose reads compose.yaml as Compose does in a clone of the repository with a .env.
func loadCompose(t *testing.T, dotenv string) *types.Project {
	t.Helper()
	clone := t.TempDir()
	if err := os.CopyFS(filepath.Join(clone, "deploy"), os.DirFS("..")); err != nil {
		t.Fatal(err)
	}
	if dotenv != "" {
		if err := os.WriteFile(filepath.Join(clone, ".env"), []byte(dotenv), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	options, err := cli.NewProjectOptions([]string{filepath.Join(clone, "deploy", "compose.yaml")}, cli.WithEnv([]string{"OPENAI_API_KEY=of-the-shell"}), cli.WithResolvedPaths(true))
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return project
}

// variables returns the environment of a service, from its files, too.
func composeVariables(t *testing.T, service types.ServiceConfig) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, value := range service.Environment {
		if value == nil {
			t.Errorf("%s is that of the shell", name)
			continue
		}
		all[name] = *value
	}
	return all
}

// aigc gets every variable of .env, even over those of its stores; addresses and folder are
// the container's.
func TestComposeEnvironment(t *testing.T) {
	t.Parallel()
	all := settings(t, nil)
	t.Run("no .env", func(t *testing.T) {
		t.Parallel()
		variables := composeVariables(t, loadCompose(t, "").Services["aigc"])
		checkKnown(t, "compose.yaml", all, variables)
		for name, want := range map[string]string{"DATABASE_URL": "file:/passwords/database_url", "OPENAI_API_KEY": "", "AIGC_DATA_DIR": "/data"} {
			if variables[name] != want {
				t.Errorf("%s is %q, want %q", name, variables[name], want)
			}
		}
	})
	t.Run("every setting in .env", func(t *testing.T) {
		t.Parallel()
		var dotenv strings.Builder
		for name := range all {
			dotenv.WriteString(name + "='of $the .env'\n")
		}
		variables := composeVariables(t, loadCompose(t, dotenv.String()).Services["aigc"])
		for name := range all {
			want := "of $the .env"
			if fixed := map[string]string{"AIGC_ADDR": "0.0.0.0:5512", "AIGC_MCP_ADDR": "0.0.0.0:5513", "AIGC_DATA_DIR": "/data"}[name]; fixed != "" {
				want = fixed
			}
			if variables[name] != want {
				t.Errorf("%s is %q, want %q", name, variables[name], want)
			}
		}
	})
	t.Run(".env.example", func(t *testing.T) {
		t.Parallel()
		example, err := os.ReadFile(filepath.Join(repository, ".env.example"))
		if err != nil {
			t.Fatal(err)
		}
		variables := composeVariables(t, loadCompose(t, string(example)).Services["aigc"])
		checkKnown(t, "compose.yaml", all, variables)
	})
}

// Only this machine reaches aigc, nothing outside reaches its stores, images have a version.
func TestComposeServices(t *testing.T) {
	t.Parallel()
	project := loadCompose(t, "")
	if names := slices.Sorted(maps.Keys(project.Services)); !slices.Equal(names, []string{"aigc", "minio", "passwords", "postgres", "redis"}) {
		t.Errorf("services %v", names)
	}
	if !project.Networks["stores"].Internal {
		t.Error("the stores' network has a way out")
	}
	for name, s := range project.Services {
		for _, port := range s.Ports {
			if port.HostIP != "127.0.0.1" || name != "aigc" {
				t.Errorf("%s: port %+v", name, port)
			}
		}
		if tag := s.Image[strings.LastIndex(s.Image, ":")+1:]; tag == s.Image || tag == "latest" {
			t.Errorf("%s: image %s", name, s.Image)
		}
		for variable, value := range composeVariables(t, s) {
			if secret := strings.Contains(variable, "PASSWORD") || strings.Contains(variable, "SECRET") || strings.HasSuffix(variable, "_URL"); secret && value != "" && !strings.Contains(value, "/passwords/") {
				t.Errorf("%s: %s is written down", name, variable)
			}
		}
		if _, outside := s.Networks["default"]; outside != (name == "aigc") {
			t.Errorf("%s: networks %v", name, s.Networks)
		}
	}
	aigc := project.Services["aigc"]
	if !aigc.ReadOnly || !slices.Equal(aigc.CapDrop, []string{"ALL"}) || !slices.Contains(aigc.SecurityOpt, "no-new-privileges:true") {
		t.Errorf("aigc may write or gain rights: %+v", aigc)
	}
	if grace := aigc.StopGracePeriod; grace == nil || time.Duration(*grace) < longestStop(t)+stopMargin {
		t.Errorf("stop_grace_period %v; a stop takes %v", grace, longestStop(t))
	}
	if b := aigc.Build; b == nil || !slices.Contains(slices.Collect(maps.Keys(b.Args)), "VERSION") {
		t.Errorf("build %+v", aigc.Build)
	}
}

// passwords.sh makes passwords that aigc reads, and keeps those that are there.
func TestComposePasswords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := loadCompose(t, "").Services["passwords"].Entrypoint
	if !slices.Equal(script, []string{"sh", "/passwords.sh", "/passwords"}) {
		t.Fatalf("entrypoint %v", script)
	}
	read := func() map[string]string {
		t.Helper()
		if out, err := exec.Command("sh", "../passwords.sh", dir).CombinedOutput(); err != nil || len(out) > 0 {
			t.Fatalf("%v: %s", err, out)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]string{}
		for _, e := range entries {
			text, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if info, infoErr := e.Info(); err != nil || infoErr != nil || info.Mode().Perm() != 0o644 {
				t.Fatalf("%s: %v, %v", e.Name(), err, infoErr)
			}
			files[e.Name()] = string(text)
		}
		return files
	}
	first := read()
	if again := read(); !maps.Equal(first, again) {
		t.Error("the second run changed a password")
	}
	if len(first) != 5 || len(first["postgres"]) != 48 || first["postgres"] == first["redis"] || first["redis"] == first["minio"] {
		t.Errorf("%v", first)
	}
	variables := composeVariables(t, loadCompose(t, "").Services["aigc"])
	for name, value := range variables {
		variables[name] = strings.Replace(value, "/passwords/", dir+"/", 1)
	}
	settings(t, variables)
	if !strings.Contains(first["database_url"], ":"+first["postgres"]+"@postgres:5432/") || !strings.Contains(first["redis_url"], ":"+first["redis"]+"@redis:6379/") {
		t.Errorf("%v", first)
	}
}
