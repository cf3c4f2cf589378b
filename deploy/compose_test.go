// Package deploy has files for running aigc in containers, and their tests.
package deploy

import (
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestCompose checks that compose passes the whole .env of the repository, overrides only
// what the container needs, and opens its ports to this machine only.
func TestCompose(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]struct {
			Ports   []string `yaml:"ports"`
			EnvFile []struct {
				Path     string `yaml:"path"`
				Required bool   `yaml:"required"`
			} `yaml:"env_file"`
			Environment map[string]string `yaml:"environment"`
		} `yaml:"services"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	service, ok := file.Services["aigc"]
	if !ok {
		t.Fatal("there is no service aigc")
	}
	if e := service.EnvFile; len(e) != 1 || e[0].Path != "../.env" || e[0].Required {
		t.Errorf("env_file %+v, want an optional ../.env", e)
	}
	for name, value := range service.Environment { // a value here hides that of .env
		if want := map[string]string{"AIGC_ADDR": "0.0.0.0:5512", "AIGC_MCP_ADDR": "0.0.0.0:5513", "AIGC_DATA_DIR": "/data"}[name]; value != want {
			t.Errorf("environment has %s: %q, want %q", name, value, want)
		}
	}
	for _, port := range service.Ports {
		if !strings.HasPrefix(port, "127.0.0.1:") {
			t.Errorf("port %s is open to other machines", port)
		}
	}
}
