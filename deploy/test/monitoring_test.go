package deploytest

import (
	"encoding/json"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// dashboard is what the tests read of a Grafana dashboard.
type dashboard struct {
	UID, Title string
	Templating struct {
		List []struct{ Name, Query string }
	}
	Panels []struct {
		ID          int
		Type, Title string
		GridPos     struct{ X, Y, W, H int }
		Targets     []struct{ Expr string }
	}
}

func readDashboard(t *testing.T) (d dashboard) {
	t.Helper()
	text, err := os.ReadFile("../grafana/aigc.json")
	if err == nil {
		err = json.Unmarshal(text, &d)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func readRules(t *testing.T) []rulefmt.Rule {
	t.Helper()
	groups, errs := rulefmt.ParseFile(alertFile, false, model.UTF8Validation)
	if len(errs) > 0 || len(groups.Groups) != 1 {
		t.Fatal(errs)
	}
	return groups.Groups[0].Rules
}

// queries returns the queries of the dashboard and the alerts by where they are, and the
// series that the alerts are evaluated with.
func queries(t *testing.T) map[string]parser.Expr {
	t.Helper()
	texts := map[string]string{}
	for _, p := range readDashboard(t).Panels {
		for _, target := range p.Targets {
			texts["panel "+p.Title+": "+target.Expr] = strings.ReplaceAll(target.Expr, "$__rate_interval", "5m")
		}
	}
	for _, r := range readRules(t) {
		texts["alert "+r.Alert] = r.Expr
	}
	for _, c := range alertCases {
		for _, line := range seriesLines(c.series) {
			series := line[:strings.LastIndex(line, "} ")+1]
			texts["series "+series] = series
		}
	}
	parsed := map[string]parser.Expr{}
	for where, text := range texts {
		expr, err := parser.ParseExpr(text)
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		parsed[where] = expr
	}
	return parsed
}

// selectors calls f for each metric that a query reads, by its exact name.
func selectors(query parser.Expr, f func(name *labels.Matcher, s *parser.VectorSelector)) {
	parser.Inspect(query, func(node parser.Node, _ []parser.Node) error {
		if s, ok := node.(*parser.VectorSelector); ok {
			for _, m := range s.LabelMatchers {
				if m.Name == model.MetricNameLabel {
					f(m, s)
				}
			}
		}
		return nil
	})
}

// The dashboard and the alerts query metrics that the code declares.
func TestMetricsExist(t *testing.T) {
	t.Parallel()
	known := metricNames(t)
	for where, query := range queries(t) {
		selectors(query, func(name *labels.Matcher, _ *parser.VectorSelector) {
			switch {
			case name.Type == labels.MatchRegexp && !slices.ContainsFunc(known, name.Matches),
				name.Type == labels.MatchEqual && !slices.Contains(known, base(name.Value)):
				t.Errorf("%s: there is no metric %s", where, name.Value)
			}
		})
	}
}

// checkLabels scrapes a server that has made images, and fails the test if a query selects or
// groups by a label that the metric has not. Counters that nothing has counted yet have no
// series and are not checked, nor are the labels that Prometheus adds. A series that the
// alerts are evaluated with must have all labels.
func checkLabels(t *testing.T, address string) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text := expfmt.NewTextParser(model.UTF8Validation)
	families, err := text.TextToMetricFamilies(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	has := map[string][]string{} // labels by metric
	for name, family := range families {
		has[name] = []string{"job", "instance", "le"}
		for _, pair := range family.Metric[0].Label {
			has[name] = append(has[name], pair.GetName())
		}
	}
	checked := map[string]bool{}
	for where, query := range queries(t) {
		var common []string // labels of the metrics of this query
		selectors(query, func(name *labels.Matcher, s *parser.VectorSelector) {
			own, ok := has[base(name.Value)]
			if !ok {
				return
			}
			checked[base(name.Value)] = true
			common = append(common, own...)
			for _, m := range s.LabelMatchers {
				if m != name && !slices.Contains(own, m.Name) {
					t.Errorf("%s: %s has no label %s, but %v", where, name.Value, m.Name, own)
				}
			}
			for _, label := range own[3:] { // the first three are in each list
				if strings.HasPrefix(where, "series ") && !slices.ContainsFunc(s.LabelMatchers, func(m *labels.Matcher) bool { return m.Name == label }) {
					t.Errorf("%s has not the label %s of the metric", where, label)
				}
			}
		})
		parser.Inspect(query, func(node parser.Node, _ []parser.Node) error {
			if by, ok := node.(*parser.AggregateExpr); ok && len(common) > 0 {
				for _, label := range by.Grouping {
					if !slices.Contains(common, label) {
						t.Errorf("%s groups by %s, which no metric of it has: %v", where, label, common)
					}
				}
			}
			return nil
		})
	}
	for _, name := range []string{"aigc_processes", "aigc_vendor_keys", "aigc_submissions_total", "aigc_vendor_seconds", "aigc_purchases_possible", "aigc_build_info"} {
		if _, ok := has[name]; !ok || !checked[name] {
			t.Errorf("%s is not in %s", name, address)
		}
	}
}

// base returns the name of a metric as the program declares it.
func base(name string) string {
	return strings.TrimSuffix(name, "_bucket")
}

// metricNames are the metrics that the code declares, and those of the Go client library.
func metricNames(t *testing.T) []string {
	t.Helper()
	names := []string{"process_resident_memory_bytes", "process_cpu_seconds_total"}
	err := filepath.WalkDir(filepath.Join(repository, "app"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		found, err := declaredMetrics(path)
		names = append(names, found...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

var metricName = regexp.MustCompile(`^aigc_[a-z_]+$`)

// declaredMetrics finds Name: "aigc_…" of options, NewDesc("aigc_…") and desc("…"), which adds
// the prefix.
func declaredMetrics(path string) (names []string, err error) {
	file, err := goparser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return nil, err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if s, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && metricName.MatchString(s) {
				names = append(names, s)
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "desc" && len(n.Args) > 0 {
				if s, ok := n.Args[0].(*ast.BasicLit); ok {
					names = append(names, "aigc_"+strings.Trim(s.Value, `"`))
				}
			}
		}
		return true
	})
	return names, nil
}

func TestDashboard(t *testing.T) {
	t.Parallel()
	d := readDashboard(t)
	if d.UID != "aigc" || d.Title == "" || len(d.Panels) < 20 {
		t.Errorf("%s %q with %d panels", d.UID, d.Title, len(d.Panels))
	}
	ids, taken := map[int]bool{}, map[[2]int]string{}
	for _, p := range d.Panels {
		if ids[p.ID] || p.Title == "" || (len(p.Targets) == 0) != (p.Type == "row") {
			t.Errorf("panel %d %q: %d queries", p.ID, p.Title, len(p.Targets))
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("%q lies on %q", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
}

// The alerts that an operator needs are there, and each says what to do.
func TestAlerts(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for _, r := range readRules(t) {
		got[r.Alert] = r.For.String()
		if r.Annotations["summary"] == "" || r.Annotations["description"] == "" || r.Labels["severity"] == "" {
			t.Errorf("%s: %+v", r.Alert, r)
		}
	}
	for _, name := range []string{"AigcInDoubt", "AigcNoWorker", "AigcStorageFull", "AigcVendorParked", "AigcPollLag"} {
		if got[name] == "" {
			t.Errorf("there is no alert %s", name)
		}
	}
	if got["AigcInDoubt"] != "15m" {
		t.Errorf("AigcInDoubt after %s", got["AigcInDoubt"])
	}
}
