package cli

import (
	"context"
	"fmt"
	"time"

	"aigc/app"
	"aigc/app/blob"
	"aigc/app/fault"
)

// objects checks an S3 object store. Without one, objects are in the data folder,
// which folder checks.
func (d *doctor) objects(ctx context.Context) []finding {
	if d.l.MinioEndpoint == "" {
		return []finding{ok("objects", "in the data folder (MINIO_ENDPOINT is not set)")}
	}
	s, err := app.Bucket(d.l)
	if err != nil {
		return []finding{{"objects", levelError, err.Error(), "correct MINIO_ENDPOINT"}}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	found, err := s.BucketExists(ctx)
	if err == nil && !found {
		return []finding{{"objects", levelWarning, fmt.Sprintf("there is no bucket %s at %s, or the key has no permission to see it; it is created at the first start", d.l.MinioBucket, d.l.MinioEndpoint), ""}}
	}
	if err == nil {
		err = s.Check(ctx)
	}
	switch {
	case blob.Refused(err):
		return []finding{{"objects", levelError, "the object store refuses the key: " + cause(err), "correct MINIO_ACCESS_KEY and MINIO_SECRET_KEY, or give the key permission to list, read, write and delete in " + d.l.MinioBucket}}
	case err != nil:
		return []finding{{"objects", levelError, "the object store does not answer: " + cause(err), "start it, or correct MINIO_ENDPOINT; until then paid results stay in the spool"}}
	}
	return []finding{ok("objects", "the bucket %s at %s can be written and read", d.l.MinioBucket, d.l.MinioEndpoint)}
}

// cause returns the text of the underlying error of a fault.
func cause(err error) string {
	if f := fault.From(err); f.Err != nil {
		return f.Err.Error()
	}
	return err.Error()
}
