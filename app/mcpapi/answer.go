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
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"aigc/app/fault"
)

const (
	maxAnswer    = 32 << 20 // bytes of one message of the server, above any real one
	maxErrorBody = 64 << 10
)

// forwardResponse writes each message of a response to the client.
func (x *exchange) forwardResponse(resp *http.Response) error {
	if resp.StatusCode >= http.StatusMultipleChoices {
		text, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
		if err != nil {
			return err
		}
		return &errorResponse{resp, text}
	}
	switch t, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); t {
	case "text/event-stream":
		return readEvents(resp.Body, x.forward)
	case "application/json":
		text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
		if err != nil {
			return err
		}
		x.forward(text)
	}
	return nil
}

// forward writes one message of the server to the client.
func (x *exchange) forward(message []byte) {
	if !x.wantsAnswer() {
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
		return // not JSON; the call stays unanswered and gets an error at the end
	}
	if m.Method == nil {
		x.markAnswered(m.ID)
		if x.isHandshake() && m.Result.ProtocolVersion != "" {
			x.mu.Lock()
			x.version = m.Result.ProtocolVersion
			x.mu.Unlock()
		}
	}
	x.answer(message)
}

// markAnswered removes a call from those that still need an answer.
func (x *exchange) markAnswered(id json.RawMessage) {
	for i, m := range x.unanswered {
		if len(x.unanswered) == 1 || idKey(m.id) == idKey(id) {
			x.unanswered = append(x.unanswered[:i:i], x.unanswered[i+1:]...)
			return
		}
	}
}

// readEvents reads a stream of server-sent events and calls each with the data
// of every message event.
func readEvents(r io.Reader, each func([]byte)) error {
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

// errorResponse is an HTTP error for a whole line.
type errorResponse struct {
	*http.Response
	text []byte
}

func (r *errorResponse) Error() string {
	return fmt.Sprintf("The aigc server answered %s: %s", r.Status, truncate(strings.TrimSpace(string(r.text)), 400))
}

// jsonRPCError is the JSON-RPC error in the body, or nil.
func (r *errorResponse) jsonRPCError() json.RawMessage {
	var m struct {
		Error json.RawMessage `json:"error"`
	}
	if json.Unmarshal(r.text, &m) != nil || !bytes.HasPrefix(m.Error, []byte("{")) {
		return nil
	}
	return m.Error
}

// isInvalid reports whether the server could not read the line as a message. A
// notification is answered only then.
func (r *errorResponse) isInvalid() bool {
	var e struct {
		Code int64 `json:"code"`
		Data struct {
			Code string `json:"code"`
		} `json:"data"`
	}
	_ = json.Unmarshal(r.jsonRPCError(), &e) // without an error the code is 0
	return e.Code == jsonrpc.CodeParseError || e.Data.Code == codeInvalidMessage
}

// asRPCError is the server's own JSON-RPC error, or one made of the HTTP
// response.
func (r *errorResponse) asRPCError(method string) any {
	if rpcErr := r.jsonRPCError(); rpcErr != nil {
		return rpcErr
	}
	e := &jsonrpc.Error{Code: codeServerError, Message: r.Error()}
	if r.StatusCode >= 500 && method == "tools/call" { // a proxy may send this although the call was executed
		f := toolError{Code: "answer_lost", Message: r.Error() + " " + mayHaveRun, Charged: fault.ChargedUnknown, Retryable: true}
		e.Message, e.Data = f.Message, encode(f)
	}
	return e
}

// answerFailed writes an error for each call that the server did not answer, and
// for a message that is not a valid request. Notifications are never answered.
func (x *exchange) answerFailed(server *Endpoint, err error) {
	var resp *errorResponse
	responded := errors.As(err, &resp)
	x.mu.Lock()
	canceled := slices.Clone(x.canceled)
	x.mu.Unlock()
	for _, m := range x.unanswered {
		if slices.Contains(canceled, idKey(m.id)) {
			continue
		}
		if responded {
			x.answer(errorMessage(m.id, resp.asRPCError(m.method)))
		} else {
			x.answer(errorMessage(m.id, transportError(server, m, cmp.Or(err, io.ErrUnexpectedEOF))))
		}
	}
	onlyNotifications := len(x.line.messages) > 0
	for _, m := range x.line.messages {
		onlyNotifications = onlyNotifications && m.method != ""
	}
	if responded && len(x.unanswered) == 0 && (!onlyNotifications || resp.isInvalid()) {
		var id json.RawMessage
		if len(x.line.messages) == 1 {
			id = x.line.messages[0].id
		}
		x.answer(errorMessage(id, resp.asRPCError("")))
	}
}

const mayHaveRun = "The call may have been executed. Repeat a paid call only with the same idempotency_key, or check with list_tasks first."

// transportError is the error of a call whose HTTP exchange failed: server_gone
// if nothing was sent, answer_lost if the call may have been executed.
func transportError(server *Endpoint, m message, err error) *jsonrpc.Error {
	f := toolError{Code: "server_gone", Charged: fault.ChargedNo, Retryable: true}
	f.Message = "There is no aigc server at " + server.URL + ": " + err.Error() + ". Nothing was sent. Start the server and call again."
	if !errors.As(err, new(notSentError)) {
		f.Code = "answer_lost"
		f.Message = "The connection to the aigc server at " + server.URL + " broke before the answer came: " + err.Error() + "."
		if m.method == "tools/call" {
			f.Charged = fault.ChargedUnknown
			f.Message += " " + mayHaveRun
		}
	}
	return &jsonrpc.Error{Code: codeServerError, Message: f.Message, Data: encode(f)}
}
