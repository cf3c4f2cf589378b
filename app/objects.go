package app

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"aigc/app/blob"
	"aigc/app/fault"
	"aigc/config"
)

// bucketTimeout is how long a start waits for an S3 service to answer.
const bucketTimeout = 10 * time.Second

// openObjects opens the bucket of the settings, or else the directory in the
// data folder. Wrong keys stop the start. A service that is away does not: its
// vendors' addresses would die meanwhile, and the worker keeps paid results in
// the spool until it is back.
func openObjects(ctx context.Context, c *config.Settings, log zerolog.Logger) (blob.Store, error) {
	if c.MinioEndpoint == "" {
		return blob.NewDir(filepath.Join(c.DataDir, "objects"))
	}
	s, err := Bucket(c)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, bucketTimeout)
	defer cancel()
	switch err := s.MakeBucket(ctx); {
	case blob.Refused(err):
		return nil, fault.Wrap(fault.From(err).Err, fault.Unavailable, "storage_refused",
			"The object store at %s refuses MINIO_ACCESS_KEY, MINIO_SECRET_KEY or MINIO_BUCKET", c.MinioEndpoint)
	case err != nil:
		log.Error().Err(err).Msg("the object store does not answer; paid results wait in the spool until it does")
	}
	return s, nil
}

// Bucket is the S3 store of the settings. It asks the service for nothing.
func Bucket(c *config.Settings) (*blob.S3, error) {
	host, secure := c.MinioAddress()
	s, err := blob.NewS3(blob.S3Config{
		Endpoint: host, Secure: secure, AccessKey: c.MinioAccessKey.Reveal(), SecretKey: c.MinioSecretKey.Reveal(),
		Bucket: c.MinioBucket, Region: c.MinioRegion,
	})
	if err != nil {
		return nil, fmt.Errorf("MINIO_ENDPOINT: %w", err)
	}
	return s, nil
}
