package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

func main() {
	only := flag.String("only", "", "run these benchmarks only, separated by commas: start, idle, latency, rate, accept, memory, poll, videos, history, scale, compare")
	role := flag.String("role", "", "internal: upstream, proxy, flux or veo")
	size := flag.Int("size", 1_500_000, "internal: bytes of the upstream's image")
	slow := flag.Duration("slow", 0, "internal: the upstream's response time")
	cert := flag.String("cert", "", "internal: file to which a TLS vendor writes its certificate")
	target := flag.String("target", "", "internal: URL to which the proxy forwards")
	flag.Parse()
	var err error
	switch *role {
	case "upstream":
		err = serveUpstream(*size, *slow)
	case "flux":
		err = serveFlux(*slow, 40*time.Second, 80*time.Second, *cert)
	case "veo":
		err = serveVeo(*slow, *size, *cert)
	case "proxy":
		err = serveProxy(*target)
	default:
		err = run(*only)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// benchmark measures one performance goal.
type benchmark struct {
	name string
	run  func(*bench) error
}

func run(only string) error {
	dir, err := os.MkdirTemp(".", ".bench-") // not in /tmp, which may be a tmpfs
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	b := &bench{dir: dir, bin: filepath.Join(dir, "aigc")}
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", b.bin, "aigc")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	fmt.Printf("aigc bench, %s, %d cores\n\n", runtime.Version(), runtime.NumCPU())
	made, err := fileCreation(dir)
	if err != nil {
		return err
	}
	if made > 100*time.Microsecond {
		note("creating a file takes %s now; about 30µs is usual if few files were deleted in the last minutes (ext4)", made.Round(time.Microsecond))
	}
	for _, p := range []benchmark{
		{"start", measureStart}, {"idle", measureIdle}, {"latency", measureLatency}, {"rate", measureRate},
		{"accept", measureAccept}, {"memory", measureMemory}, {"poll", measurePoll}, {"videos", measureVideos},
		{"history", measureHistory}, {"scale", measureScale}, {"compare", measureCompare},
	} {
		if only != "" && !slices.Contains(strings.Split(only, ","), p.name) {
			continue
		}
		err := p.run(b)
		if isMissing(err) {
			note("%s is skipped: %v", p.name, err)
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// report prints one figure with its goal.
func report(what, figure, goal string, ok bool) {
	mark := "ok  "
	if !ok {
		mark = "MISS"
	}
	fmt.Printf("%s  %-58s %-34s goal %s\n", mark, what, figure, goal)
}

// note prints a figure that has no goal.
func note(format string, args ...any) { fmt.Printf("      "+format+"\n", args...) }
