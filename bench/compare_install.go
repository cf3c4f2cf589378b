package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// compareTools is where the packages of the other systems are installed.
var compareTools = filepath.Join(".tools", "compare")

// installCelery installs the packages of bench/compare/celery/requirements.txt into a
// virtual environment and returns the folder of its programs.
func installCelery() (string, error) {
	env, err := filepath.Abs(filepath.Join(compareTools, "celery"))
	if err != nil {
		return "", err
	}
	bin, listed := filepath.Join(env, "bin"), filepath.Join("bench", "compare", "celery", "requirements.txt")
	return bin, installOnce(listed, filepath.Join(env, "requirements.txt"), func() error {
		python, err := exec.LookPath("python3.11")
		if err != nil {
			if python, err = exec.LookPath("python3"); err != nil {
				return err
			}
		}
		if err := errors.Join(os.RemoveAll(env), runTool(".", python, "-m", "venv", env)); err != nil {
			return err
		}
		return runTool(".", filepath.Join(bin, "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", listed)
	})
}

// installBull copies the programs of bench/compare/bullmq beside their packages, as
// package-lock.json names them, and returns that folder: Node looks for packages where the
// program is.
func installBull() (string, error) {
	if _, err := exec.LookPath("node"); err != nil {
		return "", err
	}
	from, dir := filepath.Join("bench", "compare", "bullmq"), filepath.Join(compareTools, "bullmq")
	files, err := os.ReadDir(from)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	for _, f := range files {
		if err := copyFile(filepath.Join(from, f.Name()), filepath.Join(dir, f.Name())); err != nil {
			return "", err
		}
	}
	return dir, installOnce(filepath.Join(from, "package-lock.json"), filepath.Join(dir, "installed.json"), func() error {
		return runTool(dir, "npm", "ci", "--no-audit", "--no-fund", "--silent")
	})
}

// installOnce installs what a file lists, unless that was done: then done is a copy of it.
func installOnce(listed, done string, install func() error) error {
	want, err := os.ReadFile(listed)
	if err != nil {
		return err
	}
	if have, err := os.ReadFile(done); err == nil && bytes.Equal(have, want) {
		return nil
	}
	note("installing %s into %s", listed, compareTools)
	if err := install(); err != nil {
		return err
	}
	return copyFile(listed, done)
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o600)
}

// runTool runs a program for some minutes at most. Its error has the last line of output.
func runTool(dir, program string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("%s %s: %w: %s", filepath.Base(program), strings.Join(args, " "), err, lines[len(lines)-1])
	}
	return nil
}
