package mcpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"aigc/app/fault"
)

const (
	maxDepth = 64 // of nested objects and arrays in a request

	// firstWithoutBatches is the first revision of the protocol without batches.
	firstWithoutBatches = "2025-06-18"
)

// rpcCause is the cause of a fault that has a JSON-RPC code of its own, and the id
// of the message that it answers.
type rpcCause struct {
	code   int64
	id     json.RawMessage // nil: the error has the id null
	status int             // of HTTP
	text   string
}

func (c *rpcCause) Error() string { return c.text }

// invalidMessage is the fault of JSON that is no message of JSON-RPC 2.0.
func invalidMessage(id json.RawMessage, format string, args ...any) *fault.Error {
	text := fmt.Sprintf(format, args...)
	cause := &rpcCause{code: jsonrpc.CodeInvalidRequest, id: id, status: http.StatusBadRequest, text: text}
	return fault.Wrap(cause, fault.Invalid, codeInvalidMessage, "The message is not valid JSON-RPC 2.0: %s.", text).WithCharge(fault.ChargedNo)
}

// codeInvalidMessage is the fault code of invalidMessage.
const codeInvalidMessage = "invalid_message"

// rpcMessage is one valid JSON-RPC message of a client: a request, a notification
// without an id, or a response without a method.
type rpcMessage struct {
	message
	params json.RawMessage // an object; nil: none
}

// rpcBody is the content of one request body.
type rpcBody struct {
	batch    bool
	messages []rpcMessage
	refused  []json.RawMessage // the errors of the elements of a batch that are not valid

	// names are the ids that the SDK would change, by the id that it gets instead.
	names map[string]json.RawMessage
}

// parseBody parses a JSON document as JSON-RPC. It checks what the SDK does not
// check or answers in words of its own. version is the revision of the protocol, or
// empty. Errors have a rpcCause.
func parseBody(doc []byte, version string) (*rpcBody, error) {
	if depth(doc) > maxDepth {
		var s scanner
		_, _ = s.Write(doc)
		var id json.RawMessage
		if len(s.messages) == 1 {
			id = s.messages[0].id
		}
		return nil, invalidMessage(id, "it is nested more than %d levels deep", maxDepth)
	}
	if !json.Valid(doc) {
		return nil, notRPC()
	}
	if bytes.TrimLeft(doc, " \t\r\n")[0] != '[' {
		m, err := parseMessage(doc)
		if err != nil {
			return nil, err
		}
		return &rpcBody{messages: []rpcMessage{m}}, nil
	}
	var elements []json.RawMessage
	if err := json.Unmarshal(doc, &elements); err != nil {
		return nil, notRPC() // not expected: it is a valid array
	}
	switch {
	case len(elements) == 0:
		return nil, invalidMessage(nil, "a batch must not be empty")
	case version >= firstWithoutBatches:
		return nil, invalidMessage(nil, "revision %s of the protocol has no batches, send each message by itself", version)
	case len(elements) > maxMessages:
		return nil, invalidMessage(nil, "a batch may have at most %d messages", maxMessages)
	}
	b := &rpcBody{batch: true}
	for _, raw := range elements {
		if m, err := parseMessage(raw); err != nil {
			b.refused = append(b.refused, rpcError(err))
		} else {
			b.messages = append(b.messages, m)
		}
	}
	return b, nil
}

// parseMessage parses one message.
func parseMessage(raw []byte) (m rpcMessage, _ *fault.Error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil || fields == nil {
		return m, invalidMessage(nil, "a message must be an object")
	}
	id, hasID := fields["id"]
	switch {
	case hasID && len(id) <= maxKept && (id[0] == '"' || id[0] == '-' || id[0] >= '0' && id[0] <= '9'):
		m.id = id
	case hasID && !isNotification(fields):
		return m, invalidMessage(nil, "id must be text or a number of at most %d bytes", maxKept)
	}
	if string(fields["jsonrpc"]) != `"2.0"` {
		return m, invalidMessage(m.id, `jsonrpc must be "2.0"`)
	}
	method, isCall := fields["method"]
	if !isCall {
		_, result := fields["result"]
		_, failed := fields["error"]
		if m.id == nil || result == failed {
			return m, invalidMessage(m.id, "it has no method")
		}
		return m, nil
	}
	if json.Unmarshal(method, &m.method) != nil || m.method == "" {
		return m, invalidMessage(m.id, "method must be text and not empty")
	}
	switch params := fields["params"]; {
	case len(params) == 0 || string(params) == "null":
	case params[0] == '{':
		m.params = params
	case params[0] == '[' && m.id != nil:
		return m, invalidParams(m.id, "params must be an object; MCP has no parameters by position")
	default:
		return m, invalidMessage(m.id, "params must be an object")
	}
	return m, nil
}

// isNotification reports whether a message with an invalid id is a notification
// for which a client has written "id": null instead of leaving it out.
func isNotification(fields map[string]json.RawMessage) bool {
	return string(fields["id"]) == "null" && bytes.HasPrefix(fields["method"], []byte(`"notifications/`))
}

// invalidParams is the fault of a request whose params cannot be used.
func invalidParams(id json.RawMessage, text string) *fault.Error {
	cause := &rpcCause{code: jsonrpc.CodeInvalidParams, id: id, status: http.StatusBadRequest, text: text}
	return fault.Wrap(cause, fault.Invalid, "invalid_params", "Invalid parameters: %s.", text).WithCharge(fault.ChargedNo)
}

// depth is how deep objects and arrays are nested in a JSON text, which need not be
// valid.
func depth(doc []byte) (deepest int) {
	now, quoted := 0, false
	for i := 0; i < len(doc); i++ {
		switch c := doc[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}

// encode returns the messages as the SDK gets them. It reads numbers as float64, so
// an id that it would change, and each id of a batch, is replaced by a name.
func (b *rpcBody) encode() []byte {
	b.names = map[string]json.RawMessage{}
	var out bytes.Buffer
	for i, m := range b.messages {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(`{"jsonrpc":"2.0"`)
		if m.id != nil {
			id := m.id
			if b.batch || !keepsID(id) {
				name := strconv.Quote("aigc-" + strconv.Itoa(i))
				b.names[name] = id
				id = json.RawMessage(name)
			}
			out.WriteString(`,"id":`)
			out.Write(id)
		}
		out.WriteString(`,"method":`)
		out.Write(encode(m.method))
		if m.params != nil {
			out.WriteString(`,"params":`)
			out.Write(m.params)
		}
		out.WriteByte('}')
	}
	if b.batch {
		return fmt.Appendf(nil, "[%s]", out.Bytes())
	}
	return out.Bytes()
}

// keepsID reports whether the SDK returns an id as it was: an integer that a
// float64 holds and that is written without an exponent, or plain text.
func keepsID(id json.RawMessage) bool {
	if id[0] == '"' {
		return !bytes.ContainsFunc(id, func(r rune) bool { return r == '\\' || r < ' ' || r > '~' })
	}
	n, err := strconv.ParseInt(string(id), 10, 64)
	return err == nil && n > -1<<53 && n < 1<<53 && strconv.FormatInt(n, 10) == string(id)
}

// answerStart is how the SDK begins an answer, as opposed to a notification.
var answerStart = []byte(`{"jsonrpc":"2.0","id":`)

// restore writes the client's id into an answer of the SDK, and returns that id; nil
// if the SDK had the client's id, or the message is no answer.
func (b *rpcBody) restore(answer []byte) (restored []byte, id json.RawMessage) {
	tail, ok := bytes.CutPrefix(answer, answerStart)
	end := bytes.IndexByte(tail, ',')
	if !ok || end < 0 {
		return answer, nil
	}
	if id = b.names[string(tail[:end])]; id != nil {
		out := make([]byte, 0, len(answer)+len(id))
		out = append(out, answer[:len(answer)-len(tail)]...)
		out = append(out, id...)
		answer = append(out, tail[end:]...)
	}
	if bytes.HasPrefix(tail[end:], []byte(`,"error":`)) {
		answer = withPlainError(answer)
	}
	return answer, id
}

// requests are the messages that are answered.
func (b *rpcBody) requests() (out []rpcMessage) {
	for _, m := range b.messages {
		if m.call() {
			out = append(out, m)
		}
	}
	return out
}
