package jimeng

import (
	"testing"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/provider/providertest"
	"aigc/modules/internal/seedream"
)

func route() module.Route {
	terms := module.Terms{Models: []module.Model{{ID: "jimeng_seedream46_cvtob", Prices: PerImage}, {ID: "jimeng_t2i_v40", Prices: PerImage}, {ID: "jimeng_i2i_v30"}}}
	return module.Async(Vendor(), Driver[seedream.Input]{}, terms).Route
}

// For any answer to a submission: no panic, an unreadable body is no ticket, and
// every 5xx leaves the task in doubt.
func FuzzSubmit(f *testing.F) {
	providertest.FuzzSubmit(f, route().AnyDriver, "jimeng_seedream46_cvtob", `{"prompt":"x","scale":0.5}`, nil,
		providertest.Seed{Status: 200, Body: `{"code":10000,"data":{"task_id":"7392616336519610409"},"message":"Success","status":10000}`},
		providertest.Seed{Status: 200, Body: `{"code":"10000","data":{"task_id":7392616336519610409,"image_urls":5}}`},
		providertest.Seed{Status: 200, Body: `{"code":10000,"data":{"task_id":""}}`},
		providertest.Seed{Status: 200, Body: `{"code":10000,"data":null}`},
		providertest.Seed{Status: 200, Body: `{"code":50411,"message":"Pre Img Risk Not Pass","data":null}`},
		providertest.Seed{Status: 200, Body: `{"code":50500}`},
		providertest.Seed{Status: 200, Body: `{"ResponseMetadata":{"Error":{"Code":"50215"}}}`},
		providertest.Seed{Status: 400, Body: `{"code":50412,"message":"Text Risk Not Pass"}`},
		providertest.Seed{Status: 400, Body: `{"code":50520,"message":"x"}`},
		providertest.Seed{Status: 400, Body: `<html>`},
		providertest.Seed{Status: 401, Body: `{"ResponseMetadata":{"Error":{"CodeN":100010,"Code":"SignatureDoesNotMatch","Message":"sk-fuzz-0123456789"}}}`},
		providertest.Seed{Status: 403, Body: `{"ResponseMetadata":{"Error":{"Code":"AccessDenied"}}}`},
		providertest.Seed{Status: 429, Body: `{"code":50430,"message":"x"}`},
		providertest.Seed{Status: 500, Body: `{"code":50500,"message":5}`},
		providertest.Seed{Status: 500, Body: `{"code":50411}`},
		providertest.Seed{Status: 503, Body: ``},
	)
}

// Only the documented final statuses and codes end a job.
func FuzzPoll(f *testing.F) {
	ticket := provider.Ticket{ID: "7392616336519610409", Data: []byte(`{"req_key":"jimeng_t2i_v40","req_json":"{\"return_url\":true}"}`)}
	ends := []string{"done", "not_found", "expired", "50411", "50412", "50413", "50511", "50512", "50518", "50519", "50215", "50218"}
	providertest.FuzzPoll(f, route().AnyDriver, ticket, ends,
		providertest.Seed{Status: 200, Body: `{"code":10000,"data":{"status":"done","image_urls":["https://x"],"binary_data_base64":null}}`},
		providertest.Seed{Status: 200, Body: `{"code":10000,"data":{"status":"done","image_urls":[""],"binary_data_base64":["aGk="]}}`},
		providertest.Seed{Status: 200, Body: `{"code":10000,"data":{"status":"done","image_urls":"https://x"}}`},
		providertest.Seed{Status: 200, Body: `{"code":10000,"data":{"status":"done"}}`},
		providertest.Seed{Status: 200, Body: `{"code":10000,"data":{"status":"generating"}}`},
		providertest.Seed{Status: 200, Body: `{"code":10000,"data":{"status":"banana"}}`},
		providertest.Seed{Status: 200, Body: `{"code":10000,"data":{"status":"not_found"}}`},
		providertest.Seed{Status: 200, Body: `{"code":10000,"data":{"status":"expired"}}`},
		providertest.Seed{Status: 200, Body: `{"code":10000,"data":null}`},
		providertest.Seed{Status: 200, Body: `{"data":{"status":"done","image_urls":["https://x"]}}`},
		providertest.Seed{Status: 400, Body: `{"code":50511,"message":"Post Img Risk Not Pass","data":null}`},
		providertest.Seed{Status: 400, Body: `{"code":50521,"message":"x"}`},
		providertest.Seed{Status: 401, Body: `{"ResponseMetadata":{"Error":{"Code":"InvalidAccessKey"}}}`},
		providertest.Seed{Status: 429, Body: `{"code":50429}`},
		providertest.Seed{Status: 500, Body: `{"code":50500}`},
		providertest.Seed{Status: 502, Body: `<html>`},
	)
}
