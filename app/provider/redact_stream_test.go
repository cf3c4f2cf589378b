package provider

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
)

func testAccounts(secrets ...Secret) *Accounts {
	a := NewAccounts()
	for i, s := range secrets {
		a.Add(Vendor{Name: fmt.Sprintf("v%d", i)}, Limits{}, Account{Secret: s})
	}
	return a
}

// A secret is found wherever it lies to the borders of chunks, and however the source
// splits what it returns.
func TestRedactorFindsSecretsAcrossChunks(t *testing.T) {
	t.Parallel()
	const secret, other = "sk-a very/secret+key", "another-secret-of-another-vendor"
	r := testAccounts(secret, other).Redactor()
	for _, form := range []string{secret, url.QueryEscape(secret), `sk-a very\/secret+key`, other} {
		for offset := -len(form) - 1; offset <= len(form)+1; offset++ {
			at := redactChunk + offset
			text := strings.Repeat("x", at) + form + strings.Repeat("y", 1000)
			got, err := io.ReadAll(r.Reader(strings.NewReader(text)))
			want := strings.Repeat("x", at) + strings.Repeat("*", len(form)) + strings.Repeat("y", 1000)
			if err != nil || string(got) != want {
				t.Fatalf("%q at %d: %v", form, at, err)
			}
		}
	}
	text := secret + " " + other + secret + "."
	for name, src := range map[string]io.Reader{
		"one byte each": iotest.OneByteReader(strings.NewReader(text)), "halves": iotest.HalfReader(strings.NewReader(text)),
		"data with the error": iotest.DataErrReader(strings.NewReader(text)),
	} {
		got, err := io.ReadAll(r.Reader(src))
		if err != nil || string(got) != strings.Repeat("*", len(secret))+" "+strings.Repeat("*", len(other)+len(secret))+"." {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
}

func TestRedactorKeepsEverythingElse(t *testing.T) {
	t.Parallel()
	all := bytes.Repeat([]byte("\x00\xffsk-part of a secret"), 20_000)
	sandbox := testAccounts()
	sandbox.Add(Vendor{Name: "s"}, Limits{}, Account{Secret: "sk-part of a secret", Sandbox: true})
	for name, a := range map[string]*Accounts{
		"no account": testAccounts(), "a short secret": testAccounts("sk-part"), "another secret": testAccounts("sk-another one"), "the sandbox": sandbox,
	} {
		got, err := io.ReadAll(a.Redactor().Reader(bytes.NewReader(all)))
		if err != nil || !bytes.Equal(got, all) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	broken := iotest.TimeoutReader(bytes.NewReader(all))
	if _, err := io.ReadAll(testAccounts("sk-another one").Redactor().Reader(iotest.OneByteReader(broken))); err != iotest.ErrTimeout {
		t.Errorf("the source's error: %v", err)
	}
}
