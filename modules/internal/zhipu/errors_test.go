package zhipu

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Every documented code, as the answer to a paid request: the class, which does not
// depend on the status of the refusal, nor on the form of the error.
func TestErrors(t *testing.T) {
	t.Parallel()
	classes := []struct {
		class  provider.ErrorClass
		status int
		codes  []int
	}{
		{provider.KeyRefused, 401, []int{1000, 1001, 1002, 1003, 1004}},
		{provider.KeyRefused, 403, []int{1110, 1111, 1112, 1121}},
		{provider.NoBalance, 429, []int{1113, 1304, 1308, 1309, 1310, 1313}},
		{provider.NoAccess, 434, []int{1220, 1311}},
		{provider.BadInput, 400, []int{1200, 1210, 1212, 1213, 1214, 1215, 1222, 1261}},
		{provider.BadInput, 404, []int{1221, 1222}},
		{provider.ModelUnknown, 400, []int{1211}},
		{provider.ContentRefused, 400, []int{1300, 1301}},
		{provider.Throttled, 429, []int{1302, 1303, 1305}},
		{provider.Overloaded, 429, []int{1312}},
		{provider.Unknown, 400, []int{500, 1230, 1231, 1234}},
	}
	forms := map[string]string{
		"wrapped text": `{"error":{"code":"%d","message":"the reason"}}`, "wrapped number": `{"error":{"code":%d,"message":"the reason"}}`,
		"bare text": `{"code":"%d","message":"the reason"}`, "bare number": `{"code":%d,"message":"the reason"}`,
	}
	for _, c := range classes {
		for _, code := range c.codes {
			for form, body := range forms {
				t.Run(fmt.Sprint(code, " ", form), func(t *testing.T) {
					t.Parallel()
					for _, status := range []int{c.status, 400, 429, 200} {
						for _, model := range []string{"cogview-4", "glm-image"} {
							check(t, status, model, fmt.Sprintf(body, code), c.class)
						}
					}
					check(t, 500, "cogview-4", fmt.Sprintf(body, code), provider.Unknown)
				})
			}
		}
	}
}

// check submits to a server with one answer.
func check(t *testing.T, status int, model, body string, want provider.ErrorClass) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	defer srv.Close()
	call := provider.Call{
		Model: model, HTTP: &provider.Client{HTTP: provider.NewTransport()},
		Account: provider.Account{Vendor: "zhipu", BaseURL: srv.URL, Secret: "secret-key", Variable: "ZHIPU_API_KEY"},
	}
	_, err := Driver{}.Submit(t.Context(), call, Input{Prompt: "x"})
	f := fault.From(err)
	charged := fault.ChargedNo
	if want == provider.Unknown {
		charged = fault.ChargedUnknown
	}
	if f == nil || f.Kind != want.Kind || f.Code != want.Code || f.Charged != charged || f.VendorCode == "" || f.Message == "" {
		t.Errorf("%d %s: %+v, want %+v", status, body, f, want)
	}
}
