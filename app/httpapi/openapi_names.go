package httpapi

import (
	"net/http"
	"strings"
)

// wildcardNames are the OpenAPI names of the * at the end of a path, by the path
// segment before it.
var wildcardNames = map[string]string{"images": "object", "status": "operation_id"}

// pathParamDocs describe the path parameters by their names.
var pathParamDocs = map[string]string{
	"id":           "Id of a task: task_id in the response that created it, and in GET /api/tasks.",
	"name":         "Name of a key.",
	"object":       "Name of a stored file, with its slashes: object_name of an upload, or the end of a result's URL. Clients may escape the slashes.",
	"operation_id": "Id of a task, or the vendor's name of the job, with its slashes.",
}

// openAPIPath converts an echo pattern to OpenAPI's notation: /tasks/:id becomes
// /tasks/{id}.
func openAPIPath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		switch {
		case strings.HasPrefix(p, ":"):
			parts[i] = "{" + p[1:] + "}"
		case p == "*":
			parts[i] = "{" + wildcardNames[parts[i-1]] + "}"
		}
	}
	return strings.Join(parts, "/")
}

func pathParams(path string) []string {
	var out []string
	for p := range strings.SplitSeq(openAPIPath(path), "/") {
		if name, ok := strings.CutPrefix(p, "{"); ok {
			out = append(out, strings.TrimSuffix(name, "}"))
		}
	}
	return out
}

// operationIDs are the ids that the rule of [operationID] does not make.
var operationIDs = map[string]string{
	"GET /":                   "get-service",
	"POST /api/images/create": "create-image",
	"GET /api/models":         "list-models",
	"POST /api/quote":         "get-quote",
	"GET /api/tasks":          "list-tasks",
	"GET /api/images/*":       "get-file",
	"POST /api/files/upload":  "upload-file",
}

// operationID is the id of an operation in the document: words of the path after a verb,
// joined by hyphens. An action on one thing is its own verb: POST /api/tasks/:id/cancel
// is cancel-task, GET /api/tasks/:id/events is get-task-events.
func operationID(method, path string) string {
	if id, ok := operationIDs[method+" "+path]; ok {
		return id
	}
	parts := strings.Split(strings.Trim(strings.TrimPrefix(path, "/api"), "/"), "/")
	var words []string
	single := false
	for i, p := range parts {
		switch {
		case p == "*" || strings.HasPrefix(p, ":"):
			single = true
		case i+1 < len(parts) && strings.HasPrefix(parts[i+1], ":"):
			words = append(words, strings.TrimSuffix(p, "s"))
		default:
			words = append(words, strings.ReplaceAll(p, "_", "-"))
		}
	}
	verb := strings.ToLower(method)
	if n := len(words) - 1; method == http.MethodPost && n > 0 {
		verb = "create"
		if single || words[n] == "create" {
			verb, words = words[n], words[:n]
		}
	}
	return strings.Join(append([]string{verb}, words...), "-")
}

// toolOperationID is the id of the route of a module's operation, after its MCP tool.
// The id of an alias path has the words that only this path has.
func toolOperationID(tool string, paths []string, i int) string {
	id := strings.ReplaceAll(tool, "_", "-")
	if i == 0 {
		return id
	}
	known := map[string]bool{}
	for p := range strings.SplitSeq(paths[0], "/") {
		known[p] = true
	}
	for p := range strings.SplitSeq(paths[i], "/") {
		if !known[p] {
			id += "-" + p
		}
	}
	return id
}
