package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"aigc/app/fault"
)

// problem is an error answer of a server (RFC 9457).
type problem struct {
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail"`
	Code      string         `json:"code"`
	RequestID string         `json:"request_id"`
	TaskID    string         `json:"task_id"`
	Charged   fault.Charge   `json:"charged"`
	Retryable bool           `json:"retryable"`
	Errors    []fault.Detail `json:"errors"`
	base      string
}

// readProblem reads the error answer of a server whose body was not read yet.
func readProblem(c *client, res *http.Response) *problem {
	raw, _ := io.ReadAll(io.LimitReader(res.Body, maxProblem)) // a part is enough for the error text
	return newProblem(c, res, raw)
}

// maxProblem limits an error answer in bytes.
const maxProblem = 64 << 10

func newProblem(c *client, res *http.Response, raw []byte) *problem {
	p := &problem{}
	if err := json.Unmarshal(raw, p); err != nil || p.Code == "" && p.Detail == "" {
		p = &problem{Title: http.StatusText(res.StatusCode), Detail: fmt.Sprintf("the server at %s answered with status %d and no explanation; it does not seem to be aigc: check AIGC_URL", c.base, res.StatusCode)}
	}
	p.Status, p.base = res.StatusCode, c.base
	return p
}

func (p *problem) Error() string { return p.text() }

// text is the error for people: message, code, charge, and what to do.
func (p *problem) text() string {
	s := strings.TrimRight(p.Detail, "\n")
	if s == "" {
		s = p.Title
	}
	if len(p.Errors) > 1 {
		s = fmt.Sprintf("the request has %d faults:", len(p.Errors))
		for _, d := range p.Errors {
			s += "\n  " + flagOf(d.Location) + ": " + d.Message
		}
	} else if len(p.Errors) == 1 {
		s = flagOf(p.Errors[0].Location) + ": " + p.Errors[0].Message
	}
	if p.Code != "" {
		s += " (" + p.Code + ")"
	}
	if p.Charged == fault.ChargedUnknown || p.Charged == fault.ChargedYes {
		s += "; charged: " + string(p.Charged)
	}
	switch p.Status {
	case http.StatusUnauthorized:
		s += "\nThe server at " + p.base + " needs a key: set AIGC_API_KEY. `aigc keys add NAME` makes one, on the machine with its data folder."
	case http.StatusForbidden:
		s += "\nSet AIGC_API_KEY to a key that has permission for this."
	}
	return s
}
