package sandbox

const filtered = "The response was filtered due to the prompt triggering Azure OpenAI's content management policy: violence. Please modify your prompt and retry."

var (
	azureBadKey  = &apiError{status: 401, code: "401", message: "Access denied due to invalid subscription key or wrong API endpoint."}
	noDeployment = &apiError{status: 404, code: "DeploymentNotFound", message: "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again."}

	// azureErrors are the resource's errors for directives. No 5xx is documented as not
	// accepted, so there is no 503.
	azureErrors = map[string]*apiError{
		"400":           invalid("prompt", "invalid_value", "The sandbox was asked for a 400."),
		"401":           azureBadKey,
		"402":           faultErrors["402"],
		"429":           {status: 429, code: "429", message: "Requests have exceeded the call rate limit of your current tier. Please retry after 1 second."},
		"refuse":        {status: 400, code: "contentFilter", message: filtered, inner: "ResponsibleAIPolicyViolation"},
		"refuse-output": {status: 400, code: "content_policy_violation", message: filtered, inner: "ResponsibleAIPolicyViolation"},
	}
)

// filterResults is what the content filters found.
func filterResults(violent bool) map[string]any {
	severity := "safe"
	if violent {
		severity = "high"
	}
	return map[string]any{"violence": map[string]any{"filtered": violent, "severity": severity}}
}
