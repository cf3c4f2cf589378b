package mcpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"aigc/app/fault"
)

// sdkRefusal makes a fault of an error that the SDK has written in plain text. If it
// is about the method or the parameters of a request, it has that request's id and
// the status 200, with which clients match it to the request.
func sdkRefusal(b *rpcBody, status int, text string) error {
	text = strings.TrimSpace(text)
	cause := &rpcCause{code: codeServerError, status: status, text: text}
	if calls := b.requests(); len(calls) == 1 {
		cause.id = calls[0].id
	}
	code := "refused"
	switch {
	case status != http.StatusBadRequest:
	case isUnknownMethod([]byte(text)):
		cause.code, code = jsonrpc.CodeMethodNotFound, "method_not_found"
		if len(b.messages) == 1 {
			text = "method not found: " + string(encode(b.messages[0].method))
		}
	case strings.Contains(text, "missing required"):
		cause.code, code = jsonrpc.CodeInvalidParams, "invalid_params"
	default:
		cause.code, code = jsonrpc.CodeInvalidRequest, "invalid_request"
	}
	if cause.id != nil && !b.batch && (cause.code == jsonrpc.CodeMethodNotFound || cause.code == jsonrpc.CodeInvalidParams) {
		cause.status = http.StatusOK
	}
	kind := fault.Invalid
	if status >= http.StatusInternalServerError {
		kind = fault.Internal
	}
	return fault.Wrap(cause, kind, code, "%s", text).WithCharge(fault.ChargedNo)
}

// isUnknownMethod reports whether the SDK's text says that a method is not known.
func isUnknownMethod(text []byte) bool {
	return bytes.HasSuffix(bytes.TrimSpace(text), []byte("unsupported"))
}

// goField is what encoding/json says of a value with the wrong type.
var goField = regexp.MustCompile(`Go struct field \w+\.\w+\.([\w.]+) of type`)

// withPlainError replaces the SDK's words about params of a wrong type, which are
// about types in Go.
func withPlainError(answer []byte) []byte {
	var m struct {
		ID    json.RawMessage
		Error jsonrpc.Error
	}
	if json.Unmarshal(answer, &m) != nil || !strings.Contains(m.Error.Message, "unmarshal") {
		return answer
	}
	text := "params"
	if field := goField.FindStringSubmatch(m.Error.Message); field != nil {
		text += "." + field[1]
	}
	m.Error.Message = "Invalid parameters: " + text + " has the wrong type."
	return errorMessage(m.ID, &m.Error)
}

// onlyNotifications reports whether there is a message, and none of them is answered.
func (b *rpcBody) onlyNotifications() bool {
	return len(b.messages) > 0 && len(b.requests()) == 0
}

// causeOf is the JSON-RPC code, id and HTTP status of a fault.
func causeOf(f *fault.Error) *rpcCause {
	var cause *rpcCause
	switch {
	case errors.As(f, &cause):
		return cause
	case f.Kind == fault.Invalid: // the document cannot be read
		return &rpcCause{code: jsonrpc.CodeInvalidRequest, status: http.StatusBadRequest}
	}
	return &rpcCause{code: codeServerError, status: f.Kind.Status()}
}

// rpcError encodes a fault as a JSON-RPC error message.
func rpcError(f *fault.Error) json.RawMessage {
	cause := causeOf(f)
	return errorMessage(cause.id, &jsonrpc.Error{Code: cause.code, Message: f.Message, Data: encode(toolError{
		Code: f.StableCode(), Message: f.Message, Charged: fault.ChargedNo, Retryable: f.Kind.Retryable(),
	})})
}

// errorMessage is a JSON-RPC error message; without an id the id is null.
func errorMessage(id json.RawMessage, e any) json.RawMessage {
	return encode(struct {
		Version string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Error   any             `json:"error"`
	}{"2.0", id, e})
}
