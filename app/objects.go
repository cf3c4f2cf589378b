package app

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"aigc/app/blob"
	"aigc/app/capacity"
	"aigc/app/fault"
	"aigc/app/spool"
	"aigc/config"
)

// ObjectsDir is the folder of the embedded object store in a data folder.
func ObjectsDir(dir string) string { return filepath.Join(dir, "objects") }

// bucketTimeout is how long a start waits for the S3 service.
const bucketTimeout = 10 * time.Second

// openObjects opens the bucket of the settings or, without MINIO_ENDPOINT, the
// directory in the data folder. If the service refuses the key, the start fails.
// If it is unavailable, the start goes on: a worker that did not run would let the
// vendors' result addresses expire, so it downloads paid results into the spool
// until the service is back.
func openObjects(ctx context.Context, c *config.Settings, log zerolog.Logger) (blob.Store, error) {
	if c.MinioEndpoint == "" {
		return blob.NewDir(ObjectsDir(c.DataDir))
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
			"The object store at %s refuses MINIO_ACCESS_KEY, MINIO_SECRET_KEY or MINIO_BUCKET; correct them", c.MinioEndpoint)
	case err != nil:
		log.Error().Err(err).Msg("object store unavailable; paid results stay in the spool until it answers")
	}
	return s, nil
}

// capacity returns the accounts of the disks that purchases need, and of descriptors.
func (a *App) capacity(s *spool.Spool) *capacity.Purchases {
	p := &capacity.Purchases{
		Spool: capacity.VolumeOf(s.Dir()), Ledger: capacity.VolumeOf(a.conf.DataDir), Descriptors: capacity.ProcessDescriptors(),
		Image: int64(a.conf.ReserveImage), Video: int64(a.conf.ReserveVideo), SpoolMax: int64(a.conf.SpoolMax), SpoolSize: s.Size,
	}
	if a.conf.MinioEndpoint == "" {
		p.Objects = capacity.VolumeOf(ObjectsDir(a.conf.DataDir))
	}
	return p
}

// Bucket returns the S3 store of the settings. It sends no request.
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
