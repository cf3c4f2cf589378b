package fault

// Kind decides the HTTP status of a fault, whether a retry is safe, how it is logged,
// and what becomes of a task: which kinds put a task back into the queue, fail it or
// leave it in doubt is decided in app/worker/transitions.go. The HTTP status and the
// title of each kind are in the table kinds below.
type Kind string

// The kinds. For a submission to a vendor the comment says what the kind proves:
// "not accepted" means that nothing was executed or billed, so the request can be sent
// again. Any other error of a paid request is [InDoubt].
const (
	Invalid             Kind = "invalid"              // the caller's input is wrong, or the vendor answered with a documented "bad request": not accepted
	TooLarge            Kind = "too_large"            // a request body, an upload or an image over its size limit
	Malformed           Kind = "malformed"            // not an HTTP request that the server understands
	HeadersTooLarge     Kind = "headers_too_large"    // the headers of a request are too long or too many
	RequestTimeout      Kind = "request_timeout"      // headers or a body of a request that did not arrive in time
	Unsupported         Kind = "unsupported"          // a media type that is not supported
	NotFound            Kind = "not_found"            // does not exist, or belongs to another caller
	NotAllowed          Kind = "not_allowed"          // the method does not exist on this path
	BadRange            Kind = "bad_range"            // a byte range outside of the object
	Gone                Kind = "gone"                 // existed, and was removed
	Conflict            Kind = "conflict"             // the state of the task or object does not allow it
	IdempotencyMismatch Kind = "idempotency_mismatch" // an idempotency key was used before with another input
	Unauthenticated     Kind = "unauthenticated"      // the caller sent no API key, or an unknown one
	Forbidden           Kind = "forbidden"            // the caller's key does not allow it
	Throttled           Kind = "throttled"            // the caller exceeded its rate limit
	Rejected            Kind = "rejected"             // the vendor's moderation refused prompt or result; final
	RateLimited         Kind = "rate_limited"         // the vendor throttles: not accepted
	Unavailable         Kind = "unavailable"          // never sent, or an error that the vendor documents as not accepted
	VendorAuth          Kind = "vendor_auth"          // the vendor refuses our key: not accepted; the key is parked
	VendorQuota         Kind = "vendor_quota"         // our balance is used up: not accepted; the key is parked
	VendorAccess        Kind = "vendor_access"        // the account lacks a model, a right or a setting: not accepted; the key stays in use
	NoRoute             Kind = "no_route"             // no vendor key is configured for the module
	VendorFailed        Kind = "vendor_failed"        // the vendor accepted the job and reports that it failed
	InvalidResult       Kind = "invalid_result"       // the vendor's answer is complete, but contains no valid image or video
	ResultExpired       Kind = "result_expired"       // the vendor has deleted the result
	Timeout             Kind = "timeout"              // our deadline passed
	Canceled            Kind = "canceled"             // canceled on request
	InDoubt             Kind = "in_doubt"             // sent, outcome unknown: never sent again automatically
	StorageFull         Kind = "storage_full"         // no room on the disk for a result or a file, so nothing is sent or stored
	Internal            Kind = "internal"             // a bug of ours, or a store that does not work
)

type properties struct {
	status    int
	retryable bool
	title     string
}

// kinds maps each kind to what callers see. It is the only such mapping.
var kinds = map[Kind]properties{
	Invalid:             {422, false, "Invalid request"},
	TooLarge:            {413, false, "Too large"},
	Malformed:           {400, false, "Malformed request"},
	HeadersTooLarge:     {431, false, "Request headers too large"},
	RequestTimeout:      {408, true, "Request timeout"},
	Unsupported:         {415, false, "Unsupported media type"},
	NotFound:            {404, false, "Not found"},
	NotAllowed:          {405, false, "Method not allowed"},
	BadRange:            {416, false, "Range not satisfiable"},
	Gone:                {410, false, "Removed"},
	Conflict:            {409, false, "Not possible in this state"},
	IdempotencyMismatch: {422, false, "Idempotency-Key was used with another input"},
	Unauthenticated:     {401, false, "API key required"},
	Forbidden:           {403, false, "Not allowed"},
	Throttled:           {429, true, "Too many requests"},
	Rejected:            {422, false, "The vendor refused the content"},
	RateLimited:         {429, true, "The vendor is throttling"},
	Unavailable:         {503, true, "Not available right now"},
	VendorAuth:          {503, true, "The vendor refuses the configured key"},
	VendorQuota:         {503, true, "The vendor account has no balance left"},
	VendorAccess:        {503, false, "The vendor account lacks access"},
	NoRoute:             {503, false, "No vendor key is configured"},
	VendorFailed:        {502, true, "The vendor reports a failure"},
	InvalidResult:       {502, true, "The vendor sent no valid result"},
	ResultExpired:       {502, true, "The vendor has deleted the result"},
	Timeout:             {504, true, "Not finished in time"},
	Canceled:            {409, false, "Canceled"},
	InDoubt:             {202, false, "Sent, outcome unknown"},
	StorageFull:         {507, true, "No room on the server's disk"},
	Internal:            {500, true, "Internal error"},
}

// Status is the HTTP status that callers see; 500 for an unknown kind. InDoubt is 202:
// the task still exists and may get its result.
func (k Kind) Status() int { return k.properties().status }

// Retryable reports whether sending the same request again is safe and may help. A
// retry of a failed task is always a new purchase; it is safe if the failed one is
// known not to be running any more.
func (k Kind) Retryable() bool { return k.properties().retryable }

// Title is a short text for people, the same for every fault of the kind.
func (k Kind) Title() string { return k.properties().title }

func (k Kind) properties() properties {
	if t, ok := kinds[k]; ok {
		return t
	}
	return kinds[Internal]
}

// Charge says whether the vendor charged us for a task.
type Charge string

// The charges. [ChargedYes] never changes again.
const (
	ChargedNo      Charge = "no"
	ChargedYes     Charge = "yes"
	ChargedUnknown Charge = "unknown"
)
