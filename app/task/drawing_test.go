package task_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"aigc/app/task"
)

var update = flag.Bool("update", false, "rewrite docs/states.md")

// docs/states.md is generated from the table of moves.
func TestDrawingIsCurrent(t *testing.T) {
	const path = "../../docs/states.md"
	want := statesDocument()
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

func statesDocument() string {
	var b strings.Builder
	b.WriteString("# States and transitions of a task\n\nGenerated from the table `task.Moves` in `app/task/moves.go` (`go test ./app/task -run Drawing -update`).\n\n```mermaid\nstateDiagram-v2\n")
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
	b.WriteString("\nOnce `charged` is `yes` it stays `yes`. A task leaves `failed` by a late ticket, answer or refusal only if a person discarded or\nretried it. A group has no transitions of its own: it is `running` until every child is terminal or in doubt; then it is\n`succeeded` if one child is, else `in_doubt` if one is, else `canceled` if all are, else `failed`. Once it is\n`succeeded` it stays so; a late answer to a child adds its result.\n")
	return b.String()
}
