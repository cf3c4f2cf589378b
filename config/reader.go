package config

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/kelseyhightower/envconfig"

	"aigc/app/provider"
)

// reader fills settings structs and collects their faults.
type reader struct {
	settings *Settings
	source   map[string]string // where each variable was set
	listed   map[string]bool   // names in Settings.List; two vendors can share a variable
	errs     []error
}

// environment records which variables are set, and unsets empty ones: compose files
// pass variables that are not set as empty ones.
func (r *reader) environment() {
	for _, kv := range os.Environ() {
		name, value, _ := strings.Cut(kv, "=")
		if value == "" {
			_ = os.Unsetenv(name)
			continue
		}
		r.source[name] = "environment"
	}
}

// read fills one struct. envconfig stops at the first invalid value, so read records
// the fault, unsets the variable and tries again until all are read.
func (r *reader) read(prefix string, spec any) {
	invalid := map[string]string{}
	for {
		err := envconfig.Process(prefix, spec)
		var bad *envconfig.ParseError
		if err == nil {
			break
		}
		if !errors.As(err, &bad) || os.Getenv(bad.KeyName) == "" {
			r.errs = append(r.errs, err)
			break
		}
		r.errs = append(r.errs, fmt.Errorf("%s: %s", bad.KeyName, expected(bad)))
		invalid[bad.KeyName] = os.Getenv(bad.KeyName)
		_ = os.Unsetenv(bad.KeyName)
	}
	for k, v := range invalid {
		_ = os.Setenv(k, v)
	}
	var text strings.Builder
	const row = "{{range .}}{{usage_key .}}\t{{usage_default .}}\t{{usage_description .}}\t{{usage_type .}}\n{{end}}"
	if err := envconfig.Usagef(prefix, spec, &text, row); err != nil {
		r.errs = append(r.errs, err)
		return
	}
	for line := range strings.Lines(text.String()) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) == 4 {
			r.list(Setting{Name: f[0], Default: f[1], Doc: f[2], Secret: strings.Contains(f[3], "Secret") || isSecret(f[0])})
		}
	}
}

// expected describes the valid values. It does not contain the value that was set,
// which may be a secret set in the wrong variable.
func expected(bad *envconfig.ParseError) string {
	switch t := bad.TypeName; {
	case t == "time.Duration":
		return "is not a duration such as 90s or 5m"
	case t == "bool" || t == "*bool":
		return "is not true or false"
	case strings.HasPrefix(t, "int"):
		return "is not a whole number"
	case t == "[]netip.Prefix":
		return "is not a list of CIDRs such as 10.0.0.0/8,192.168.1.5/32"
	case strings.HasSuffix(t, "Secret") || strings.HasPrefix(t, "config."):
		return bad.Err.Error() // errors of this module's decoders contain no values
	default:
		return "is not a valid " + t
	}
}

func isSecret(name string) bool {
	for _, s := range []string{"KEY", "SECRET", "PASSWORD", "DATABASE_URL", "REDIS_URL"} {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}

// isBaseURL says whether a vendor's setting is the address of its API.
func isBaseURL(name string) bool {
	return strings.HasSuffix(name, "_BASE_URL") || strings.HasPrefix(name, "AZURE_") && strings.HasSuffix(name, "_ENDPOINT")
}

// list adds a variable with its value and origin to Settings.List.
func (r *reader) list(s Setting) {
	if r.listed[s.Name] {
		return
	}
	r.listed[s.Name] = true
	s.Source, s.Value = "default", s.Default
	if v := os.Getenv(s.Name); v != "" {
		s.Value, s.Source = v, r.source[s.Name]
		if why := addressFault(v); isBaseURL(s.Name) && why != "" {
			r.errs = append(r.errs, fmt.Errorf("%s: %s", s.Name, why))
		}
		if u, err := url.Parse(v); err == nil && u.User != nil {
			s.Value = u.Redacted()
		}
		if s.Secret || strings.HasPrefix(strings.TrimSpace(v), "{") { // JSON with a private key in place of a path
			s.Value = "•••"
		}
	}
	r.settings.List = append(r.settings.List, s)
}

// limits holds the limits that every vendor has.
type limits struct {
	MaxRunning int           `split_words:"true" desc:"concurrent tasks of one account; 0: no limit"`
	PerMinute  int           `split_words:"true" desc:"submissions per minute of one account; 0: no limit"`
	PollEvery  time.Duration `split_words:"true" default:"0s" desc:"pause between two polls of a job, 1s to 1m; 0: that of the operation, 1 to 15 s"`
}

// vendor reads a vendor's own settings and its limits.
func (r *reader) vendor(v provider.Vendor) {
	settings := v.Settings()
	r.read(v.Prefix, settings)
	accounts, err := settings.Accounts()
	if joined, several := err.(interface{ Unwrap() []error }); several {
		r.errs = append(r.errs, joined.Unwrap()...)
	} else if err != nil {
		r.errs = append(r.errs, err)
	}
	for _, a := range accounts {
		r.errs = append(r.errs, checkAccount(a)...)
	}
	prefix := v.Prefix
	if prefix == "" {
		prefix = strings.ToUpper(v.Name)
	}
	limits := limits{MaxRunning: v.Limits.Running, PerMinute: v.Limits.PerMinute}
	first := len(r.settings.List)
	r.read(prefix, &limits)
	for i := range r.settings.List[first:] {
		s := &r.settings.List[first+i]
		switch strings.TrimPrefix(s.Name, prefix) {
		case "_MAX_RUNNING":
			s.Default = strconv.Itoa(v.Limits.Running)
		case "_PER_MINUTE":
			s.Default = strconv.Itoa(v.Limits.PerMinute)
		}
		if s.Source == "default" {
			s.Value = s.Default
		}
	}
	if limits.MaxRunning < 0 || limits.PerMinute < 0 {
		r.errs = append(r.errs, fmt.Errorf("%s_MAX_RUNNING, %s_PER_MINUTE: must not be negative", prefix, prefix))
	}
	if every := limits.PollEvery; every != 0 && (every < time.Second || every > time.Minute) {
		r.errs = append(r.errs, fmt.Errorf("%s_POLL_EVERY: must be 0, or between 1s and 1m", prefix))
	}
	set := v.Limits
	set.Running, set.PerMinute, set.PollEvery = limits.MaxRunning, limits.PerMinute, limits.PollEvery
	r.settings.Accounts.Add(v, set, accounts...)
}
