package mcpapi

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"aigc/app/fault"
)

const (
	maxAnswer  = 32 << 20 // bytes of one message of the server; more than any has
	maxRefusal = 64 << 10
)

// copy writes the messages of a response for the client.
func (x *exchange) copy(resp *http.Response) error {
	if resp.StatusCode >= http.StatusMultipleChoices {
		text, err := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
		if err != nil {
			return err
		}
		return &refusal{resp, text}
	}
	switch t, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); t {
	case "text/event-stream":
		return events(resp.Body, x.pass)
	case "application/json":
		text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
		if err != nil {
			return err
		}
		x.pass(text)
	}
	return nil
}

// pass writes one message of the server for the client.
func (x *exchange) pass(message []byte) {
	if !x.wanted() {
		return
	}
	var m struct {
		ID     json.RawMessage `json:"id"`
		Method *string         `json:"method"`
		Result struct {
			ProtocolVersion string `json:"protocolVersion"`
		} `json:"result"`
	}
	if err := json.Unmarshal(message, &m); errors.As(err, new(*json.SyntaxError)) {
		return // no message; the call stays unanswered
	}
	if m.Method == nil {
		x.answered(m.ID)
		if x.isHandshake() && m.Result.ProtocolVersion != "" {
			x.mu.Lock()
			x.version = m.Result.ProtocolVersion
			x.mu.Unlock()
		}
	}
	x.write(message)
}

// answered notes that a call has its answer.
func (x *exchange) answered(id json.RawMessage) {
	for i, m := range x.unanswered {
		if len(x.unanswered) == 1 || idKey(m.id) == idKey(id) {
			x.unanswered = append(x.unanswered[:i:i], x.unanswered[i+1:]...)
			return
		}
	}
}

// events reads a stream of server-sent events.
func events(r io.Reader, each func([]byte)) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxAnswer)
	var data []byte
	kind := ""
	for lines.Scan() {
		field, value, _ := bytes.Cut(lines.Bytes(), []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch {
		case len(lines.Bytes()) == 0: // the event is complete
			if len(data) > 0 && (kind == "" || kind == "message") {
				each(bytes.TrimSuffix(data, []byte("\n")))
			}
			data, kind = data[:0], ""
		case string(field) == "event":
			kind = string(value)
		case string(field) == "data":
			data = append(append(data, value...), '\n')
		}
	}
	return lines.Err()
}

// refusal is a response that says no to a whole line.
type refusal struct {
	*http.Response
	text []byte
}

func (r *refusal) Error() string {
	return fmt.Sprintf("The aigc server answered %s: %s", r.Status, brief(strings.TrimSpace(string(r.text)), 400))
}

// own is the JSON-RPC error in it, if there is one.
func (r *refusal) own() json.RawMessage {
	var m struct {
		Error json.RawMessage `json:"error"`
	}
	if json.Unmarshal(r.text, &m) != nil || !bytes.HasPrefix(m.Error, []byte("{")) {
		return nil
	}
	return m.Error
}

func (r *refusal) code() int64 {
	var e struct {
		Code int64 `json:"code"`
	}
	_ = json.Unmarshal(r.own(), &e) // without one the code is 0
	return e.Code
}

// answer is the server's own JSON-RPC error, or one that says the same.
func (r *refusal) answer(method string) any {
	if own := r.own(); own != nil {
		return own
	}
	e := &jsonrpc.Error{Code: refused, Message: r.Error()}
	switch {
	case r.StatusCode >= 500 && method == "tools/call": // a proxy may say it of a call that arrived
		f := failure{Code: "answer_lost", Message: r.Error() + " " + mayBeDone, Charged: fault.ChargedUnknown, Retryable: true}
		e.Message, e.Data = f.Message, encode(f)
	case r.StatusCode == http.StatusBadRequest:
		e.Code = jsonrpc.CodeInvalidRequest
		if strings.HasPrefix(r.Header.Get("Content-Type"), "text/plain") {
			e.Message = brief(strings.TrimSpace(string(r.text)), 400)
		}
		// Of old revisions the SDK's server says it in text.
		if method != "" && strings.Contains(string(r.text), strconv.Quote(method)+" unsupported") {
			e.Code, e.Message = jsonrpc.CodeMethodNotFound, "method not found: "+strconv.Quote(method)
		}
	}
	return e
}

// fail answers what the server did not: calls with the reason, and what is no
// request with an error that says so. Notifications are never answered.
func (x *exchange) fail(server *Endpoint, err error) {
	var no *refusal
	said := errors.As(err, &no)
	for _, m := range x.unanswered {
		if said {
			x.write(errorAnswer(m.id, no.answer(m.method)))
		} else {
			x.write(errorAnswer(m.id, trouble(server, m, cmp.Or(err, io.ErrUnexpectedEOF))))
		}
	}
	notices := len(x.line.messages) > 0
	for _, m := range x.line.messages {
		notices = notices && m.method != ""
	}
	switch {
	case said && len(x.unanswered) == 0 && (!notices || no.code() == jsonrpc.CodeParseError):
		var id json.RawMessage
		if len(x.line.messages) == 1 {
			id = x.line.messages[0].id
		}
		x.write(errorAnswer(id, no.answer("")))
	case !said && x.line.ended:
		for _, m := range x.line.messages {
			if m.method == "" {
				x.write(errorAnswer(m.id, noRequest))
			}
		}
	}
}

var noRequest = &jsonrpc.Error{Code: jsonrpc.CodeInvalidRequest, Message: "This is no request: it has no method."}

// errorAnswer answers a request, or if id is nil none in particular.
func errorAnswer(id json.RawMessage, e any) []byte {
	return encode(map[string]any{"jsonrpc": "2.0", "id": id, "error": e})
}

const mayBeDone = "What was asked may have been done. Repeat a call that buys only with the same idempotency_key, or look with list_tasks first."

// trouble says what a failed exchange means for a call: whether anything was
// asked at all, and what not to do now.
func trouble(server *Endpoint, m message, err error) *jsonrpc.Error {
	f := failure{Code: "server_gone", Charged: fault.ChargedNo, Retryable: true}
	f.Message = "There is no aigc server at " + server.URL + ": " + err.Error() + ". Nothing was sent. Call again when it runs."
	if !errors.As(err, new(unsent)) {
		f.Code = "answer_lost"
		f.Message = "The connection to the aigc server at " + server.URL + " broke before the answer came: " + err.Error() + "."
		if m.method == "tools/call" {
			f.Charged = fault.ChargedUnknown
			f.Message += " " + mayBeDone
		}
	}
	return &jsonrpc.Error{Code: refused, Message: f.Message, Data: encode(f)}
}
