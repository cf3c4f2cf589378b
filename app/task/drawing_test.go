package task_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"aigc/app/task"
)

var update = flag.Bool("update", false, "write docs/states.md anew")

// The picture of the states is drawn from the table itself.
func TestDrawingIsFresh(t *testing.T) {
	const path = "../../docs/states.md"
	want := drawing()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("docs/states.md is stale (%v): go test ./app/task -run Drawing -update", err)
	}
}

func drawing() string {
	var b strings.Builder
	b.WriteString("# The life of a task\n\nDrawn from the table of moves in `app/task/moves.go`; a test keeps it fresh.\n\n```mermaid\nstateDiagram-v2\n")
	edges := map[string][]string{}
	var order []string
	for _, m := range task.Moves {
		from := string(m.From)
		if from == "" {
			from = "[*]"
		}
		key := from + " --> " + string(m.To)
		if edges[key] == nil {
			order = append(order, key)
		}
		edges[key] = append(edges[key], string(m.Cause))
	}
	for _, key := range order {
		fmt.Fprintf(&b, "    %s: %s\n", key, strings.Join(edges[key], ", "))
	}
	b.WriteString("```\n\n| From | To | Cause | `charged` after it | Meaning |\n|---|---|---|---|---|\n")
	for _, m := range task.Moves {
		from := string(m.From)
		if from == "" {
			from = "–"
		}
		var charged []string
		for _, c := range m.Charged {
			charged = append(charged, string(c))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", from, m.To, m.Cause, strings.Join(charged, ", "), m.Doc)
	}
	b.WriteString("\nA charge that is `yes` never becomes anything else. A group of tasks has no moves of its own: it runs until all its\nchildren have settled, then it has succeeded if one of them did, is in doubt if one of them is, else has failed or was canceled.\n")
	return b.String()
}
