package providertest

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"aigc/app/fault"
)

// formCases are complete answers in another form than the vendor's usual one, as gateways
// and proxies make it. Each is a paid answer, so none may be lost.
var formCases = []testCase{
	{name: "answers in gzip", run: inForm(func(a *wireAnswer) {
		a.body = compress(a.body)
		a.header.Set("Content-Encoding", "gzip")
	})},
	{name: "answers in gzip without saying so", run: inForm(func(a *wireAnswer) { a.body = compress(a.body) })},
	{name: "answers with status 201", run: inForm(func(a *wireAnswer) { a.status = http.StatusCreated })},
	{name: "answers with status 203", run: inForm(func(a *wireAnswer) { a.status = http.StatusNonAuthoritativeInfo })},
	{name: "answers with a byte order mark", run: inForm(onlyJSON(func(a *wireAnswer) { a.body = append([]byte("\xef\xbb\xbf"), a.body...) }))},
	{name: "answers with padding", run: inForm(onlyJSON(func(a *wireAnswer) { a.body = append(append([]byte("\r\n "), a.body...), "\n\x00\x00"...) }))},
	{name: "answers in UTF-16", run: inForm(onlyJSON(func(a *wireAnswer) { a.body = utf16(a.body) }))},
	{name: "answers with numbers and flags as text", run: inForm(onlyJSON(func(a *wireAnswer) { a.body = asText(a.body) }))},
	{name: "answers cut off within their compression", run: func(ctx context.Context, s *fixture) error {
		o, err := s.newTask("")
		if err != nil {
			return err
		}
		o.http.Transport = &rewriter{next: o.http.Transport, rewrite: func(a *wireAnswer) {
			a.body = compress(a.body)
			a.body = a.body[:len(a.body)/2]
			a.header.Set("Content-Encoding", "gzip")
		}}
		_, _, err = o.submit(ctx)
		_, bad := o.expectFault(err, fault.InDoubt)
		return errors.Join(bad, o.expectPurchases(1))
	}},
	{name: "paid requests accept no content coding", run: func(ctx context.Context, s *fixture) error {
		o, err := s.newTask("")
		if err != nil {
			return err
		}
		r := &rewriter{next: o.http.Transport}
		o.http.Transport = r
		_, err = o.run(ctx)
		return errors.Join(err, r.fault)
	}},
}

// inForm runs a task whose vendor answers in another form.
func inForm(rewrite func(*wireAnswer)) func(context.Context, *fixture) error {
	return func(ctx context.Context, s *fixture) error {
		o, err := s.newTask("")
		if err != nil {
			return err
		}
		plain := *o.http
		o.http.Transport = &rewriter{next: plain.Transport, rewrite: rewrite}
		a, err := o.run(ctx)
		if err != nil {
			return err
		}
		if n := max(1, s.Results); len(a.Results) != n {
			return fmt.Errorf("%d results, want %d", len(a.Results), n)
		}
		o.http = &plain // the results themselves come as they are
		if err := o.checkResults(ctx, a); err != nil {
			return err
		}
		return o.expectPurchases(1)
	}
}

// wireAnswer is an answer on its way to the driver.
type wireAnswer struct {
	status int
	header http.Header
	body   []byte
}

// onlyJSON leaves files as they are.
func onlyJSON(rewrite func(*wireAnswer)) func(*wireAnswer) {
	return func(a *wireAnswer) {
		if json.Valid(a.body) {
			rewrite(a)
		}
	}
}

// rewriter rewrites every successful answer, except those of a token endpoint, and checks
// that no request leaves its content coding open.
type rewriter struct {
	next    http.RoundTripper
	rewrite func(*wireAnswer)
	fault   error
}

// RoundTrip implements [http.RoundTripper].
func (w *rewriter) RoundTrip(r *http.Request) (*http.Response, error) {
	if coding := r.Header.Get("Accept-Encoding"); coding != "identity" {
		w.fault = fmt.Errorf("a request to %s has Accept-Encoding %q", r.URL.Path, coding)
	}
	res, err := w.next.RoundTrip(r)
	if err != nil || w.rewrite == nil || res.StatusCode > 299 || strings.HasSuffix(r.URL.Path, "/token") {
		return res, err
	}
	defer res.Body.Close()
	a := &wireAnswer{status: res.StatusCode, header: res.Header}
	if a.body, err = io.ReadAll(res.Body); err != nil {
		return nil, err
	}
	w.rewrite(a)
	res.StatusCode, res.Status = a.status, strconv.Itoa(a.status)
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(a.body)), int64(len(a.body))
	res.Header.Set("Content-Length", strconv.Itoa(len(a.body)))
	return res, nil
}

func compress(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(data) // a buffer takes everything
	_ = z.Close()
	return b.Bytes()
}

// utf16 is ASCII as UTF-16 with a byte order mark; other text stays.
func utf16(data []byte) []byte {
	out := []byte{0xff, 0xfe}
	for _, c := range data {
		if c > 0x7f {
			return data
		}
		out = append(out, c, 0)
	}
	return out
}

// asText writes the numbers and booleans of a JSON document as strings.
func asText(doc []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return doc
	}
	out, err := json.Marshal(textOf(v))
	if err != nil {
		return doc
	}
	return out
}

func textOf(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			v[name] = textOf(v[name])
		}
	case []any:
		for i := range v {
			v[i] = textOf(v[i])
		}
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return v
}
