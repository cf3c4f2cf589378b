package config

import (
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
)

// legacyNames copies variables of the replaced service to the current names, with a
// warning. A current name that is set has precedence. source gets the old name as
// the origin of the value. HOST and PORT are not accepted: shells, package managers
// and other programs' .env files set them too, so the service could start to listen
// on a public or another address by accident.
func (l *Settings) legacyNames(source map[string]string) {
	set := func(name, value string, old ...string) {
		if value == "" || os.Getenv(name) != "" {
			return
		}
		_ = os.Setenv(name, value)
		source[name] = strings.Join(old, ", ")
		are := " is an old name"
		if len(old) > 1 {
			are = " are old names"
		}
		l.Warnings = append(l.Warnings, strings.Join(old, " and ")+are+"; use "+name+".")
	}
	first := func(names ...string) (string, string) {
		for _, n := range names {
			if v := os.Getenv(n); v != "" {
				return v, n
			}
		}
		return "", ""
	}
	rename := func(name string, old ...string) {
		v, n := first(old...)
		set(name, v, n)
	}
	addr := func(name, host, port string, hosts, ports []string) {
		h, hn := first(hosts...)
		p, pn := first(ports...)
		if h == "" && p == "" {
			return
		}
		if h == "" {
			h = host
		}
		if p == "" {
			p = port
		}
		set(name, net.JoinHostPort(h, p), slices.DeleteFunc([]string{hn, pn}, func(s string) bool { return s == "" })...)
	}
	addr("AIGC_ADDR", "127.0.0.1", "5512", []string{"SERVER_HOST"}, []string{"SERVER_PORT", "APP_PORT"})
	addr("AIGC_MCP_ADDR", "127.0.0.1", "5513", []string{"MCP_HOST"}, []string{"MCP_PORT"})
	rename("AIGC_PUBLIC_URL", "SERVER_BASE_URL")
	rename("AIGC_WORKER_CONCURRENCY", "WORKER_CONCURRENCY")
	if v, n := first("LOG_LEVEL"); n != "" {
		set("AIGC_LOG_LEVEL", map[string]string{"warning": "warn", "critical": "error"}[strings.ToLower(v)], n)
		set("AIGC_LOG_LEVEL", strings.ToLower(v), n)
	}
	rename("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CREDS_PATH")
	rename("GOOGLE_CLOUD_PROJECT", "VERTEX_PROJECT_ID", "VEO3_PROJECT_ID")
	rename("GOOGLE_CLOUD_LOCATION", "VERTEX_LOCATION", "VEO3_LOCATION")
	if v, n := first("VEO3_STORAGE_BUCKET"); n != "" {
		set("VEO_STORAGE_URI", "gs://"+strings.TrimPrefix(v, "gs://"), n)
	}
	rename("MINIO_BUCKET", "MINIO_BUCKET_NAME")
	if h, n := first("REDIS_HOST"); n != "" {
		set("REDIS_URL", redisURL(h), n)
	}
}

func redisURL(host string) string {
	port := os.Getenv("REDIS_PORT")
	if port == "" {
		port = "6379"
	}
	u := url.URL{Scheme: "redis", Host: net.JoinHostPort(host, port), Path: "/" + os.Getenv("REDIS_DB")}
	if p := os.Getenv("REDIS_PASSWORD"); p != "" {
		u.User = url.UserPassword("", p)
	}
	return u.String()
}
