package blob

import (
	"context"
	"mime"
	"net/url"
	"path"
	"time"

	"aigc/app/fault"
	"aigc/app/media"
)

var _ Presigner = (*S3)(nil)

// Presign implements [Presigner]. The URL has the host of [S3Config.Endpoint], so
// callers must be able to reach that host.
func (s *S3) Presign(ctx context.Context, name string, ttl time.Duration, o PresignOptions) (string, error) {
	if err := ValidName(name); err != nil {
		return "", err
	}
	if ttl < time.Second || ttl > MaxPresign {
		return "", fault.New(fault.Invalid, "invalid_expiry", "A presigned link is valid for 1 second to %d hours.", int(MaxPresign.Hours())).WithCharge(fault.ChargedNo)
	}
	contentType := media.TypeByExt(path.Ext(name))
	disposition := "inline"
	if o.Download || !Inline(contentType) {
		disposition = "attachment"
	}
	u, err := s.client.PresignedGetObject(ctx, s.bucket, name, ttl, url.Values{
		"response-content-type":        {contentType},
		"response-content-disposition": {mime.FormatMediaType(disposition, map[string]string{"filename": path.Base(name)})},
	})
	if err != nil {
		return "", s3Fault(err)
	}
	return u.String(), nil
}
