package openai

import (
	"net/url"

	"aigc/app/fault"
	"aigc/app/provider"
)

const azureTitle = "Azure OpenAI"

// AzureVendor is Azure OpenAI: OpenAI's models as deployments of a resource that has an
// address and a key of its own. It has no Probe: no call is documented as free.
func AzureVendor() provider.Vendor {
	return provider.Vendor{
		Name: "azure", Title: azureTitle, Hosts: []string{".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"},
		Prefix: "AZURE_OPENAI", Settings: func() provider.Settings { return &azureSettings{} },
	}
}

// Attributes of an account. That of a deployment ends in the id of its model.
const (
	attrVersion    = "api_version"
	attrDeployment = "deployment:"
)

// pathV1 is the API version whose path has neither the deployment nor a version.
const pathV1 = "v1"

// editsSince is the first month whose versions of the API have edits.
const editsSince = "2025-04"

// deploymentUnknown is the class of a deployment that the settings or the resource do not
// have.
var deploymentUnknown = provider.ErrorClass{Kind: fault.VendorAccess, Code: "vendor_deployment_unknown"}

// azureAddress is the URL of a call. The deployment is a part of the path and decides the
// model; with [pathV1] its name is the model of the body.
func azureAddress(c provider.Call, path string, body *imageRequest) (string, error) {
	deployment, version := c.Account.Attrs[attrDeployment+c.Model], c.Account.Attrs[attrVersion]
	switch {
	case deployment == "": // the setting was changed after the task was accepted
		return "", fault.New(deploymentUnknown.Kind, deploymentUnknown.Code,
			"AZURE_OPENAI_DEPLOYMENTS names no deployment of %s; nothing was sent.", c.Model).WithCharge(fault.ChargedNo)
	case version == pathV1:
		body.Model = deployment
		return "/openai/v1" + path, nil
	case path == edits && version < editsSince:
		return "", fault.New(fault.VendorAccess, "vendor_version_too_old",
			"Edits need an AZURE_OPENAI_API_VERSION of %s or later; nothing was sent.", editsSince).WithCharge(fault.ChargedNo)
	}
	body.Model = ""
	return "/openai/deployments/" + url.PathEscape(deployment) + path + "?api-version=" + url.QueryEscape(version), nil
}
