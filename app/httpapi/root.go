package httpapi

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// rootView is the JSON of GET /.
type rootView struct {
	Service     string            `json:"service" doc:"Always aigc."`
	Version     string            `json:"version"`
	Description string            `json:"description"`
	Docs        string            `json:"docs" doc:"Address of the documentation for people."`
	OpenAPI     string            `json:"openapi" doc:"Address of the OpenAPI 3.1 document."`
	OpenAPI30   string            `json:"openapi_3_0" doc:"Address of the same document in OpenAPI 3.0."`
	Health      string            `json:"health" doc:"Address of the health of all components."`
	APIPrefix   string            `json:"api_prefix" doc:"Beginning of the paths of all operations."`
	MCP         string            `json:"mcp" doc:"Address of MCP; empty if it is not served."`
	MCPPath     string            `json:"mcp_path,omitempty" doc:"Path of MCP below the address of this service, if it is served there, too."`
	Models      []string          `json:"supported_models" nullable:"false" doc:"Names of the modules."`
	Endpoints   map[string]string `json:"endpoints" doc:"Address of each module's operation, by the kind of its tasks."`
}

// address is the public address of a path of this server; without a public base, the
// path.
func (s *Server) address(path string) string { return s.Public.To(path) }

func (s *Server) rootView() rootView {
	v := rootView{
		Service: "aigc", Version: s.Version, Description: "Images and videos from many vendors' models, as durable tasks.",
		Docs: s.address("/docs"), OpenAPI: s.address("/openapi.json"), OpenAPI30: s.address("/openapi-3.0.json"), Health: s.address("/api/health"),
		APIPrefix: s.Public.Path() + "/api", MCP: s.MCPURL, Models: []string{}, Endpoints: map[string]string{},
	}
	if s.ServesMCP {
		v.MCPPath = "/mcp"
	}
	for _, op := range s.catalog.Operations() {
		v.Endpoints[op.Kind()] = s.address("/api" + op.Registered.Operation.Paths[0])
		if op.Registered.Operation.Primary {
			v.Models = append(v.Models, op.Module.Name)
		}
	}
	return v
}

// root responds to GET /: a page for browsers, JSON for programs.
func (s *Server) root(c echo.Context) error {
	c.Response().Header().Set("Vary", "Accept")
	if !prefersHTML(c.Request().Header) {
		return c.JSON(http.StatusOK, s.rootView())
	}
	_, err := s.Service.Authenticate(c.Request().Context(), "")
	var b bytes.Buffer
	if err := rootPage.Execute(&b, s.newWelcome(err != nil)); err != nil {
		return err
	}
	c.Response().Header().Set("Content-Security-Policy", rootPolicy)
	return file(c, "text/html; charset=utf-8", b.Bytes())
}

// prefersHTML reports whether the header Accept names text/html, with a weight that is
// not below that of JSON. Programs that accept everything (*/*) get JSON.
func prefersHTML(h http.Header) bool {
	html, json := 0.0, 0.0
	for _, line := range h.Values("Accept") {
		for part := range strings.SplitSeq(line, ",") {
			kind, params, err := mime.ParseMediaType(part)
			if err != nil {
				continue
			}
			weight := 1.0
			if q, err := strconv.ParseFloat(params["q"], 64); err == nil {
				weight = q
			}
			switch kind {
			case "text/html":
				html = max(html, weight)
			case "application/json":
				json = max(json, weight)
			}
		}
	}
	return html > 0 && html >= json
}

//go:embed page/root.html
var rootHTML string

//go:embed page/root.css
var rootCSS string

var (
	rootPage = template.Must(template.New("root").Parse(rootHTML))
	styleSum = sha256.Sum256([]byte(rootCSS))
	// rootPolicy allows nothing but the page's own style and icon, which are in it.
	rootPolicy = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(styleSum[:]) +
		"'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	rootIcon = template.URL("data:" + svgType + ";base64," + base64.StdEncoding.EncodeToString(favicon)) //nolint:gosec // a file of this program
)

// welcome is what the page of GET / shows: the addresses, and three ways to make an image.
type welcome struct {
	rootView
	Style template.CSS
	Icon  template.URL
	Keyed bool   // callers need an API key
	Curl  string // of the first module's operation
	Agent string // an agent's configuration
	CLI   string
}

func (s *Server) newWelcome(keyed bool) welcome {
	w := welcome{rootView: s.rootView(), Style: template.CSS(rootCSS), Icon: rootIcon, Keyed: keyed} //nolint:gosec // a file of this program
	header, variable, base := "", "", s.address("")
	if keyed {
		header, variable = " \\\n  -H 'Authorization: Bearer KEY'", "export AIGC_API_KEY=KEY\n"
	}
	for _, op := range s.catalog.Operations() {
		if op.Registered.Operation.Primary {
			w.Curl = "curl -s " + s.address("/api"+op.Registered.Operation.Paths[0]) + header + " \\\n  -H 'Content-Type: application/json' \\\n  -d '{\"prompt\":\"a red fox\"}'"
			w.CLI = variable + "export AIGC_URL=" + base + "\naigc generate " + op.Module.Name + " \"a red fox\" -o fox.png"
			break
		}
	}
	if s.MCPURL != "" {
		server := map[string]any{"url": s.MCPURL}
		if keyed {
			server["headers"] = map[string]string{"Authorization": "Bearer KEY"}
		}
		doc, _ := json.MarshalIndent(map[string]any{"mcpServers": map[string]any{"aigc": server}}, "", "  ") // cannot fail: strings only
		w.Agent = string(doc)
	}
	return w
}
