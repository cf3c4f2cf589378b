package tencent

import (
	"net/http"

	"aigc/app/provider"
)

// codes are the vendor's errors, also those of failed jobs. They come with HTTP status
// 200, so that another status than that and 429 leaves open whether the request was
// executed. So do the internal errors (InternalError, FailedOperation.Unknown,
// .InnerError, .ServerError, .RpcFail, .RequestTimeout, .EngineRequestTimeout,
// .EngineServerError, .EngineServerLimitExceeded, .ConsoleServerError), which are not
// listed for that reason.
var codes = provider.ErrorTable{
	Title:    title,
	Statuses: []int{http.StatusTooManyRequests},
	Rules: []provider.ErrorRule{
		{Match: "AuthFailure.SecretIdNotFound", Class: provider.KeyRefused},
		{Match: "AuthFailure.SignatureFailure", Class: provider.KeyRefused},
		{Match: "AuthFailure.SignatureExpire", Class: provider.KeyRefused, Message: "{title} refuses the signature made with {variable}: the clock of this server differs by more than 5 minutes."},
		{Match: "AuthFailure.TokenFailure", Class: provider.KeyRefused},
		{Match: "AuthFailure.InvalidSecretId", Class: provider.KeyRefused},
		{Match: "AuthFailure.UnauthorizedOperation", Class: provider.NoAccess},
		{Match: "UnauthorizedOperation", Class: provider.NoAccess},

		{Match: "OperationDenied.TextIllegalDetected", Class: provider.ContentRefused},
		{Match: "OperationDenied.ImageIllegalDetected", Class: provider.ContentRefused},
		{Match: "FailedOperation.ModerationFailed", Class: provider.ContentRefused},
		{Match: "FailedOperation.GenerateImageFailed", Class: provider.ResultRefused},

		{Match: "ResourceUnavailable.InArrears", Class: provider.NoBalance},
		{Match: "ResourceUnavailable.LowBalance", Class: provider.NoBalance},
		{Match: "ResourceUnavailable.StopUsing", Class: provider.NoBalance},
		{Match: "ResourceUnavailable.NotExist", Class: provider.NoBalance, Message: notOpen},
		{Match: "ResourceInsufficient.ChargeResourceExhaust", Class: provider.NoBalance},
		{Match: "FailedOperation.ResourcePackExhausted", Class: provider.NoBalance},
		{Match: "FailedOperation.FreeResourcePackExhausted", Class: provider.NoBalance},
		{Match: "FailedOperation.ServiceNotActivated", Class: provider.NoBalance, Message: notOpen},
		{Match: "FailedOperation.ServiceStop", Class: provider.NoBalance},
		{Match: "FailedOperation.ServiceStopArrears", Class: provider.NoBalance},
		{Match: "ResourcesSoldOut.ChargeStatusException", Class: provider.NoBalance},
		{Match: "LimitExceeded", Class: provider.NoBalance},

		{Match: "RequestLimitExceeded", Class: provider.Throttled},
		{Match: "RequestLimitExceeded.JobNumExceed", Class: provider.Throttled},
		{Match: "ResourceUnavailable.Delivering", Class: provider.Throttled}, // the service is being set up

		{Match: "InvalidParameter*", Class: provider.BadInput},
		{Match: "MissingParameter", Class: provider.BadInput},
		{Match: "UnsupportedRegion", Class: provider.BadInput},
		{Match: "FailedOperation.ImageDownloadError", Class: provider.BadInput},
		{Match: "FailedOperation.ImageDecodeFailed", Class: provider.BadInput},
		{Match: "FailedOperation.ImageSizeExceed", Class: provider.BadInput},
		{Match: "FailedOperation.ImageResolutionExceed", Class: provider.BadInput},
		{Match: "FailedOperation.RequestEntityTooLarge", Class: provider.BadInput},
		{Match: unknownJob, Class: provider.BadInput},
	},
}

// unknownJob is the error of a poll for a job that the vendor does not know, not yet or
// no longer.
const unknownJob = "FailedOperation.JobNotExist"

const notOpen = "{title} has not opened its image service to the account of {variable}: open it in the console."
