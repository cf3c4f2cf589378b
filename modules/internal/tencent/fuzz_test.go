package tencent

import (
	"testing"

	"aigc/app/provider"
	"aigc/app/provider/providertest"
	"aigc/modules/internal/hunyuan"
)

// For any answer to a submission: no panic, an unreadable body is no ticket, and every
// 5xx leaves the task in doubt.
func FuzzSubmit(f *testing.F) {
	providertest.FuzzSubmit(f, route().AnyDriver, hunyuan.Image30, `{"prompt":"x","images":["a"]}`, nil,
		providertest.Seed{Status: 200, Body: `{"Response":{"JobId":"1259388371-1","RequestId":"r"}}`},
		providertest.Seed{Status: 200, Body: `{"Response":{"JobId":12,"Error":"x"}}`},
		providertest.Seed{Status: 200, Body: `{"Response":{"JobId":""}}`},
		providertest.Seed{Status: 200, Body: `{"Response":null}`},
		providertest.Seed{Status: 200, Body: `{"Response":{"Error":{"Code":"AuthFailure.SecretIdNotFound","Message":"sk-fuzz-0123456789"},"RequestId":"r"}}`},
		providertest.Seed{Status: 200, Body: `{"Response":{"Error":{"Code":"OperationDenied.TextIllegalDetected","Message":""}}}`},
		providertest.Seed{Status: 200, Body: `{"Response":{"Error":{"Code":"ResourceUnavailable.NotExist"}}}`},
		providertest.Seed{Status: 200, Body: `{"Response":{"Error":{"Code":"RequestLimitExceeded.JobNumExceed"}}}`},
		providertest.Seed{Status: 200, Body: `{"Response":{"Error":{"Code":"InternalError"}}}`},
		providertest.Seed{Status: 200, Body: `{"Response":{"Error":{"Code":5,"Message":5}}}`},
		providertest.Seed{Status: 400, Body: `{"Response":{"Error":{"Code":"InvalidParameter"}}}`},
		providertest.Seed{Status: 403, Body: `<html>`},
		providertest.Seed{Status: 429, Body: ``},
		providertest.Seed{Status: 500, Body: `{"Response":{"Error":{"Code":"InvalidParameter"}}}`},
	)
}

// Only the documented final statuses and an unknown job end a job.
func FuzzPoll(f *testing.F) {
	ends := []string{`"JobStatusCode":"4"`, `"JobStatusCode":"5"`, `"JobStatusCode":4`, `"JobStatusCode":5`, "FailedOperation.JobNotExist"}
	providertest.FuzzPoll(f, route().AnyDriver, provider.Ticket{ID: "1259388371-1"}, ends,
		providertest.Seed{Status: 200, Body: `{"Response":{"JobStatusCode":"5","JobStatusMsg":"处理完成","JobErrorCode":"","JobErrorMsg":"","ResultImage":["https://x"],"ResultDetails":["Success"],"RevisedPrompt":["y"],"RequestId":"r"}}`},
		providertest.Seed{Status: 200, Body: `{"Response":{"JobStatusCode":5,"ResultImage":"https://x"}}`},
		providertest.Seed{Status: 200, Body: `{"Response":{"JobStatusCode":"5","ResultImage":["",5]}}`},
		providertest.Seed{Status: 200, Body: `{"Response":{"JobStatusCode":"5","ResultImage":[],"ResultDetails":["no"]}}`},
		providertest.Seed{Status: 200, Body: `{"Response":{"JobStatusCode":"4","JobErrorCode":"FailedOperation.GenerateImageFailed"}}`},
		providertest.Seed{Status: 200, Body: `{"Response":{"JobStatusCode":"2"}}`},
		providertest.Seed{Status: 200, Body: `{"Response":{"JobStatusCode":"banana"}}`},
		providertest.Seed{Status: 200, Body: `{"Response":{"Error":{"Code":"FailedOperation.JobNotExist"}}}`},
		providertest.Seed{Status: 200, Body: `{"Response":{"Error":{"Code":"InternalError"}}}`},
		providertest.Seed{Status: 200, Body: `null`},
		providertest.Seed{Status: 502, Body: `<html>`},
	)
}
