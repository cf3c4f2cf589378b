package task

import "context"

// Inputs are the assets of the role [Input], and the callers' use of their quotas.
type Inputs interface {
	// KeepInput makes an input an upload, which is never deleted.
	KeepInput(ctx context.Context, id string) error
	// AddUploads adds files to what an owner stored today (UTC). It returns false, and
	// adds nothing, if that would exceed the quota.
	AddUploads(ctx context.Context, owner string, files, bytes int64, quota UploadQuota) (bool, error)
	// Uploads returns what each owner stored today, by owner.
	Uploads(ctx context.Context) ([]UploadUse, error)
}

// UploadQuota is how much an owner may store on a day; 0 is no limit.
type UploadQuota struct{ Files, Bytes int64 }

// UploadUse is what an owner stored on a day.
type UploadUse struct {
	Owner string `json:"key"`
	Files int64  `json:"files"`
	Bytes int64  `json:"bytes"`
}
