package httpapi

import (
	"embed"
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"aigc/app/web"
)

//go:embed swagger
var swagger embed.FS

//go:embed page/favicon.svg
var favicon []byte

const svgType = "image/svg+xml"

// docsRoutes mounts the OpenAPI documents, Swagger UI, whose files are embedded, and the
// icon, for which browsers ask by themselves.
func (s *Server) docsRoutes() {
	// Building both documents takes longer than mounting the other routes, and most
	// processes serve neither: they are built for the first request.
	newest := sync.OnceValues(s.api.OpenAPI().MarshalJSON)
	older := sync.OnceValues(func() ([]byte, error) {
		doc, err := newest()
		if err != nil {
			return nil, err
		}
		return downgrade(doc)
	})
	for path, build := range map[string]func() ([]byte, error){"/openapi.json": newest, "/openapi-3.0.json": older} {
		s.public(path, func(c echo.Context) error {
			doc, err := build()
			if err != nil {
				return err
			}
			return file(c, jsonType, doc)
		})
	}
	// The page names its files relative to itself, so that it works at every address.
	s.public("/docs", func(c echo.Context) error { return docsPage(c, "docs/", "") })
	s.public("/docs/", func(c echo.Context) error { return docsPage(c, "", "../") })
	s.public("/docs/:file", func(c echo.Context) error { return docsFile(c, c.Param("file")) })
	for _, path := range []string{"/favicon.ico", "/favicon.svg"} {
		s.public(path, func(c echo.Context) error { return file(c, svgType, favicon) })
	}
}

// public mounts a GET route that needs no key.
func (s *Server) public(path string, h handler) { s.undocumented(http.MethodGet, path, web.Public, h) }

// docsTypes are the media types of the files of Swagger UI.
var docsTypes = map[string]string{
	"init.js": "text/javascript", "swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "LICENSE": "text/plain", "favicon.svg": svgType,
}

// docsPage responds with Swagger UI. files is the path of its files relative to the page,
// up that of the server's root.
func docsPage(c echo.Context, files, up string) error {
	page, err := swagger.ReadFile("swagger/index.html")
	if err != nil {
		return err
	}
	// Swagger UI shows images of responses by blob URLs.
	c.Response().Header().Set("Content-Security-Policy",
		"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'")
	return file(c, "text/html; charset=utf-8", []byte(strings.NewReplacer("{files}", files, "{up}", up).Replace(string(page))))
}

func docsFile(c echo.Context, name string) error {
	mime, ok := docsTypes[name]
	if !ok {
		return echo.ErrNotFound
	}
	if name == "favicon.svg" {
		return file(c, mime, favicon)
	}
	data, err := swagger.ReadFile("swagger/" + name)
	if err != nil {
		if data, err = swagger.ReadFile("swagger/" + name + ".gz"); err != nil {
			return echo.ErrNotFound
		}
		c.Response().Header().Set("Content-Encoding", "gzip") // stored compressed only; every browser accepts gzip
	}
	return file(c, mime, data)
}

// file responds with a file of this program.
func file(c echo.Context, mime string, data []byte) error {
	c.Response().Header().Set("Cache-Control", "no-cache")
	writeResponse(c.Response(), c.Request(), http.StatusOK, mime, data)
	return nil
}

// downgrade converts an OpenAPI 3.1 document of this server to 3.0.3, for generators that
// do not support 3.1. Such a document has no keywords beside $ref; types are one, or one
// and null; a schema's examples are one example.
func downgrade(doc []byte) ([]byte, error) {
	var root map[string]any
	if err := json.Unmarshal(doc, &root); err != nil {
		return nil, err
	}
	root["openapi"] = "3.0.3"
	downgradeNode(root)
	return json.Marshal(root)
}

func downgradeNode(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			downgradeNode(item)
		}
	case map[string]any:
		if types, ok := v["type"].([]any); ok {
			for _, t := range types {
				if t == "null" {
					v["nullable"] = true
				} else {
					v["type"] = t
				}
			}
		}
		if list, ok := v["examples"].([]any); ok && len(list) > 0 {
			v["example"] = list[0]
			delete(v, "examples")
		}
		if ref, ok := v["$ref"].(string); ok && len(v) > 1 {
			v["allOf"] = []any{map[string]any{"$ref": ref}}
			delete(v, "$ref")
		}
		if _, ok := v["contentMediaType"].(string); ok {
			delete(v, "contentMediaType") // 3.0 has format binary for it, and nothing for JSON in a text
			delete(v, "contentSchema")
		}
		for key, child := range v {
			if key != "example" && key != "default" && key != "enum" { // values, not schemas
				downgradeNode(child)
			}
		}
	}
}
