package vertex

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"sync"

	"aigc/app/provider"
)

// testKey is the private key of a service account, generated once.
var testKey = sync.OnceValue(func() string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // the source of random numbers does not fail
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
})

// testAccount is a service account whose token endpoint and bucket are at base.
func testAccount(base string) (provider.Secret, map[string]string) {
	key, _ := json.Marshal(credentialsFile{ // strings do not fail
		Type: "service_account", ProjectID: "test", ClientEmail: "test@test.iam.gserviceaccount.com",
		PrivateKey: testKey(), KeyID: "test", TokenURI: base + "/token",
	})
	return provider.Secret(key), map[string]string{attrProject: "test", attrLocation: "us-central1", attrGCS: base}
}
