package config

import (
	"net"
	"net/url"
	"regexp"
	"strings"

	"aigc/app/provider"
)

// Minio holds the settings of an S3 object store. Without an endpoint objects are
// stored in AIGC_DATA_DIR.
type Minio struct {
	MinioEndpoint  string          `envconfig:"MINIO_ENDPOINT" desc:"S3 object store, host:port or http(s)://host:port; default a folder in AIGC_DATA_DIR"`
	MinioAccessKey provider.Secret `envconfig:"MINIO_ACCESS_KEY" desc:"access key of the S3 object store"`
	MinioSecretKey provider.Secret `envconfig:"MINIO_SECRET_KEY" desc:"secret key of the S3 object store"`
	MinioBucket    string          `envconfig:"MINIO_BUCKET" default:"images" desc:"bucket of the S3 object store; created if it does not exist"`
	MinioSecure    *bool           `envconfig:"MINIO_SECURE" desc:"TLS to the S3 object store: true, false; default by the scheme of MINIO_ENDPOINT, else false"`
	MinioRegion    string          `envconfig:"MINIO_REGION" desc:"region of the S3 object store; default: the service is asked"`
}

// MinioAddress returns host[:port] of the endpoint, and whether to use TLS.
func (m *Minio) MinioAddress() (host string, secure bool) {
	host, secure, _ = m.endpoint()
	return host, secure
}

// endpoint is MinioAddress with the endpoint's fault; empty if it has none.
func (m *Minio) endpoint() (host string, secure bool, fault string) {
	wantTLS := m.MinioSecure != nil && *m.MinioSecure
	address, secure := m.MinioEndpoint, wantTLS
	if !strings.Contains(address, "://") {
		address = "http://" + address
		if secure {
			address = "https" + strings.TrimPrefix(address, "http")
		}
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(u.Host, " \t") {
		return "", false, "is not host:port or http(s)://host:port"
	}
	if _, port, err := net.SplitHostPort(u.Host); err == nil && !isPort(port) {
		return "", false, "is not host:port or http(s)://host:port"
	}
	secure = u.Scheme == "https"
	if m.MinioSecure != nil && secure != wantTLS {
		return "", false, "and MINIO_SECURE contradict each other about TLS"
	}
	return u.Host, secure, ""
}

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

func (m *Minio) check(bad func(name, format string, args ...any)) {
	if m.MinioEndpoint == "" {
		return
	}
	if _, _, fault := m.endpoint(); fault != "" {
		bad("MINIO_ENDPOINT", "%s", fault)
	}
	for _, key := range []struct {
		name  string
		value provider.Secret
	}{{"MINIO_ACCESS_KEY", m.MinioAccessKey}, {"MINIO_SECRET_KEY", m.MinioSecretKey}} {
		switch v := key.value.Reveal(); {
		case v == "":
			bad(key.name, "is needed with MINIO_ENDPOINT")
		case strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r == 0x7f }):
			bad(key.name, "has white space or control characters")
		case strings.ContainsRune(`"'`, rune(v[0])) && v[0] == v[len(v)-1]:
			bad(key.name, "is in quotes; set it without them")
		}
	}
	if !bucketName.MatchString(m.MinioBucket) || strings.Contains(m.MinioBucket, "..") || net.ParseIP(m.MinioBucket) != nil {
		bad("MINIO_BUCKET", "must be 3 to 63 lower-case letters, digits, dots and hyphens")
	}
	if strings.ContainsAny(m.MinioRegion, " \t\r\n/") {
		bad("MINIO_REGION", "is not the name of a region")
	}
}

// unused warns of keys without an endpoint.
func (m *Minio) unused() []string {
	if m.MinioEndpoint == "" && (m.MinioAccessKey != "" || m.MinioSecretKey != "") {
		return []string{"MINIO_ACCESS_KEY or MINIO_SECRET_KEY is set without MINIO_ENDPOINT: objects are stored in AIGC_DATA_DIR."}
	}
	return nil
}
