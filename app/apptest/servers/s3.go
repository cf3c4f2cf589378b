package servers

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
)

// S3 is an S3 service (versitygw) that stores objects in a directory.
type S3 struct {
	process
	Endpoint  string // host:port
	AccessKey string
	SecretKey string
	Dir       string // a bucket is a directory in it, an object a file
	KeepAlive bool   // keep connections open, as MinIO and others do without being asked

	path string
}

// NewS3 returns a service that [S3.Start] starts. The error is that of [exec.LookPath] if
// versitygw is not installed.
func NewS3(dir string) (*S3, error) {
	path, err := Tool("versitygw")
	if err != nil {
		return nil, err
	}
	s := &S3{path: path, Dir: dir, AccessKey: "test-access-key", SecretKey: "test-secret-key"}
	s.Endpoint, err = FreeAddress()
	return s, err
}

// Start starts the service on its address and directory, also after Kill, and waits until
// it answers. Acknowledged objects stay in its directory.
func (s *S3) Start() error {
	args := []string{"--port", s.Endpoint, "--quiet", "posix", s.Dir}
	if s.KeepAlive {
		args = append([]string{"--keep-alive"}, args...)
	}
	cmd := exec.Command(s.path, args...)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+s.AccessKey, "ROOT_SECRET_KEY="+s.SecretKey)
	return s.start(cmd, func() error {
		res, err := http.Get("http://" + s.Endpoint + "/")
		if err != nil {
			return err
		}
		_ = res.Body.Close()
		if !strings.HasPrefix(res.Header.Get("Server"), "VERSITYGW") {
			return fmt.Errorf("another server answers: %s %v", res.Status, res.Header)
		}
		return nil
	})
}

// Env is the settings that make aigc use a bucket of this service.
func (s *S3) Env(bucket string) []string {
	return []string{
		"MINIO_ENDPOINT=" + s.Endpoint, "MINIO_ACCESS_KEY=" + s.AccessKey, "MINIO_SECRET_KEY=" + s.SecretKey,
		"MINIO_BUCKET=" + bucket, "MINIO_REGION=us-east-1",
	}
}
