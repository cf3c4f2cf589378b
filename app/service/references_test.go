package service_test

import (
	"bytes"
	"context"
	"net"
	"net/url"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/worker/workertest"
)

// An asset is found under each name of this server, and only by its owner. Another
// server's URL is fetched.
func TestReferences(t *testing.T) {
	t.Parallel()
	const (
		local  = "http://127.0.0.1:5512"
		public = "https://192.0.2.10/aigc"
	)
	r := start(t)
	ctx, other := context.Background(), service.Caller{Name: "other"}
	a, err := r.Upload(ctx, workertest.Me, "fox.png", bytes.NewReader(workertest.PNG()))
	r.Must(err)
	path := "/api/images/" + a.ObjectName
	all := "0.0.0.0:5512"
	for name, c := range map[string]struct {
		public, listener string // default: local, its address
		hosts            []string
		value            string // {id}, {object}, {path} are filled in
		foreign          bool   // it is not this server's
	}{
		"an id":                     {value: "{id}"},
		"an id in capitals":         {value: strings.ToUpper(a.AssetID)},
		"an id and a line end":      {value: " {id}\r\n"},
		"a link":                    {value: local + "{path}"},
		"a query and a fragment":    {value: local + "{path}?width=1&x=/#top"},
		"a line end":                {value: local + "{path}\n"},
		"white space":               {value: "\t" + local + "{path} "},
		"a slash at the end":        {value: local + "{path}/"},
		"localhost":                 {value: "http://localhost:5512{path}"},
		"localhost with a dot":      {value: "http://LocalHost.:5512{path}"},
		"IPv6":                      {value: "http://[::1]:5512{path}"},
		"long IPv6":                 {value: "http://[0:0:0:0:0:0:0:1]:5512{path}"},
		"IPv4 in IPv6":              {value: "http://[::ffff:127.0.0.1]:5512{path}"},
		"the unspecified address":   {value: "http://0.0.0.0:5512{path}"},
		"https":                     {value: "https://127.0.0.1:5512{path}"},
		"scheme in capitals":        {value: "HTTP://127.0.0.1:5512{path}"},
		"host in capitals":          {value: "http://LOCALHOST:5512{path}"},
		"a user name":               {value: "http://me@127.0.0.1:5512{path}"},
		"without a scheme":          {value: "localhost:5512{path}"},
		"with two slashes":          {value: "//localhost:5512{path}"},
		"a path":                    {value: "{path}"},
		"a path with a query":       {value: "{path}?x=1#y"},
		"a path without a slash":    {value: strings.TrimPrefix(path, "/")},
		"a path with dots":          {value: local + "/x/../{path}"},
		"an object":                 {value: "{object}"},
		"an object and a slash":     {value: "/{object}"},
		"an object with a query":    {value: "{object}?x=1"},
		"slashes escaped":           {value: local + "/api/images/" + url.PathEscape(a.ObjectName)},
		"a path, escaped":           {value: url.QueryEscape(path)},
		"an object, escaped":        {value: url.PathEscape(a.ObjectName)},
		"the whole URL escaped":     {value: url.QueryEscape(local + path)},
		"dots escaped":              {value: local + strings.ReplaceAll(path, ".", "%2E")},
		"the listener's other name": {listener: "192.0.2.11:5512", public: local, value: "http://192.0.2.11:5512{path}"},
		"an address of the machine": {listener: all, value: "http://" + interfaceAddress(t) + ":5512{path}"},
		"loopback of all addresses": {listener: all, value: "http://localhost:5512{path}"},
		"all IPv6 addresses":        {listener: "[::]:5512", value: "http://127.0.0.1:5512{path}"},
		"below the public path":     {public: public, value: public + "{path}"},
		"the public URL by http":    {public: public, value: "http://192.0.2.10/aigc{path}"},
		"the public URL's port":     {public: public, value: "https://192.0.2.10:443/aigc{path}"},
		"the public path":           {public: public, value: "/aigc{path}"},
		"the listener of public":    {public: public, value: local + "{path}"},
		"the public path there":     {public: public, value: local + "/aigc{path}"},
		"the public host, its port": {public: public, value: "http://192.0.2.10:5512{path}"},
		"a public loopback name":    {public: "http://localhost:8080", value: "http://127.0.0.1:8080{path}"},
		"a further name":            {hosts: []string{"192.0.2.12", "box"}, value: "http://BOX.:5512{path}"},
		"a further name of public":  {public: public, hosts: []string{"box"}, value: "https://box/aigc{path}"},
		"a further name, no scheme": {hosts: []string{"box"}, value: "box:5512{path}"},

		"another port":                {foreign: true, value: "http://127.0.0.1:5514{path}"},
		"another port of localhost":   {foreign: true, value: "http://localhost:80{path}"},
		"no port":                     {foreign: true, value: "http://localhost{path}"},
		"another host":                {foreign: true, value: "http://192.0.2.99:5512{path}"},
		"a host as user name":         {foreign: true, value: "http://127.0.0.1:5512@192.0.2.99{path}"},
		"a longer name":               {foreign: true, hosts: []string{"box"}, value: "http://192.0.2.99/box:5512{path}"},
		"another path of the server":  {foreign: true, value: local + "/api/models"},
		"outside the public path":     {foreign: true, public: public, value: "https://192.0.2.10{path}"},
		"out of the public path":      {foreign: true, public: public, value: "https://192.0.2.10/aigc/..{path}"},
		"another port of public":      {foreign: true, public: public, value: "https://192.0.2.10:8443/aigc{path}"},
		"another port of a name":      {foreign: true, hosts: []string{"192.0.2.12"}, value: "http://192.0.2.12:8080{path}"},
		"no port of a name":           {foreign: true, hosts: []string{"192.0.2.12"}, value: "http://192.0.2.12{path}"},
		"loopback, bound elsewhere":   {foreign: true, public: public, listener: "192.0.2.11:5512", value: "http://127.0.0.1:5512{path}"},
		"another address of loopback": {foreign: true, value: "http://127.0.0.2:5512{path}"},
		"a URL that holds our path":   {foreign: true, value: "http://192.0.2.99/?u=" + path},
		"an object at another host":   {foreign: true, value: "http://192.0.2.99/{object}"},
	} {
		t.Run(name, func(t *testing.T) { // not parallel: each sets the server's addresses
			r.PublicURL, r.Listeners, r.Hosts = local, []string{"127.0.0.1:5512", "127.0.0.1:5513"}, c.hosts
			if c.public != "" {
				r.PublicURL = c.public
			}
			if c.listener != "" {
				r.Listeners = []string{c.listener}
			}
			value := strings.NewReplacer("{id}", a.AssetID, "{object}", a.ObjectName, "{path}", path).Replace(c.value)
			for _, caller := range []service.Caller{workertest.Me, {Name: "chief", Admin: true}, other} {
				got, err := r.UploadFrom(ctx, caller, "", value)
				switch {
				case c.foreign:
					if err == nil || fault.From(err).StableCode() == "asset_not_found" {
						t.Errorf("%q was not fetched: %+v, %v", value, got, err)
					}
				case caller.Name == other.Name:
					_, missing := r.UploadFrom(ctx, caller, "", strings.NewReplacer(a.AssetID, "01930000-0000-7000-8000-000000000001", strings.ToUpper(a.AssetID), "01930000-0000-7000-8000-000000000001").Replace(value))
					if err == nil || missing == nil || err.Error() != missing.Error() && fault.From(err).Message != fault.From(missing).Message {
						t.Errorf("%q of another owner: %v, missing: %v", value, err, missing)
					}
					wantFault(t, err, fault.Invalid, "asset_not_found")
				case err != nil || got.AssetID != a.AssetID:
					t.Errorf("%q of %s: %+v, %v", value, caller.Name, got, err)
				}
			}
		})
	}
}

// interfaceAddress is an address of this machine that is not loopback; without one,
// loopback.
func interfaceAddress(t *testing.T) string {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.To4() != nil && !ip.IP.IsLoopback() {
			return ip.IP.String()
		}
	}
	return "127.0.0.1"
}
