package fault

// Kind decides what becomes of a task, which HTTP status a caller sees and how
// loud the log is. See [Kind.Status], [Kind.Retryable] and the table in
// docs/architecture.md.
type Kind string

// The kinds. For a submission to a vendor the comment says what it proves.
const (
	Invalid             Kind = "invalid"              // our caller's input, or the vendor's documented "bad request": nothing was bought
	TooLarge            Kind = "too_large"            // a body, an upload or a picture over its limit
	RequestTimeout      Kind = "request_timeout"      // a body that did not arrive in time
	Unsupported         Kind = "unsupported"          // a media type we do not take
	NotFound            Kind = "not_found"            // no such thing, or not the caller's
	NotAllowed          Kind = "not_allowed"          // the method does not exist on this path
	BadRange            Kind = "bad_range"            // a range that lies outside of the object
	Conflict            Kind = "conflict"             // the thing's state does not allow it
	IdempotencyMismatch Kind = "idempotency_mismatch" // an idempotency key reused for another input
	Unauthenticated     Kind = "unauthenticated"      // our caller showed no key, or a wrong one
	Forbidden           Kind = "forbidden"            // our caller may not do this
	Throttled           Kind = "throttled"            // our caller asks too often
	Rejected            Kind = "rejected"             // the vendor refused the content; final
	RateLimited         Kind = "rate_limited"         // the vendor throttles: surely not accepted
	Unavailable         Kind = "unavailable"          // surely not accepted: never sent, or documented so
	VendorAuth          Kind = "vendor_auth"          // the vendor refuses our key: surely not accepted
	VendorQuota         Kind = "vendor_quota"         // our balance is used up: surely not accepted
	VendorAccess        Kind = "vendor_access"        // the account lacks a model, right or setting; the key itself is fine and stays in use: surely not accepted
	NoRoute             Kind = "no_route"             // no key is configured for the module
	VendorFailed        Kind = "vendor_failed"        // the vendor took the job and says that it failed
	InvalidResult       Kind = "invalid_result"       // the vendor's answer is whole, but no valid picture
	ResultExpired       Kind = "result_expired"       // the vendor's copy of the result is gone
	Timeout             Kind = "timeout"              // our deadline passed
	Canceled            Kind = "canceled"             // stopped on request
	InDoubt             Kind = "in_doubt"             // sent, outcome unknown: never resubmit
	StorageFull         Kind = "storage_full"         // no room for a result, so nothing is bought
	Internal            Kind = "internal"             // our own bug or a broken store
)

type trait struct {
	status    int
	retryable bool
	title     string
}

// The one mapping of kinds to what callers see.
var traits = map[Kind]trait{
	Invalid:             {422, false, "The request has faults"},
	TooLarge:            {413, false, "Too large"},
	RequestTimeout:      {408, true, "The request came too slowly"},
	Unsupported:         {415, false, "Media type not taken"},
	NotFound:            {404, false, "Not found"},
	NotAllowed:          {405, false, "Method not allowed"},
	BadRange:            {416, false, "No such range"},
	Conflict:            {409, false, "Not possible in this state"},
	IdempotencyMismatch: {422, false, "Idempotency-Key was used for another input"},
	Unauthenticated:     {401, false, "An API key is needed"},
	Forbidden:           {403, false, "Not allowed"},
	Throttled:           {429, true, "Too many requests"},
	Rejected:            {422, false, "The vendor refused the content"},
	RateLimited:         {429, true, "The vendor is throttling"},
	Unavailable:         {503, true, "Not available right now"},
	VendorAuth:          {503, true, "The vendor refuses the configured key"},
	VendorQuota:         {503, true, "The vendor account has no balance left"},
	VendorAccess:        {503, false, "The vendor account lacks access"},
	NoRoute:             {503, false, "No vendor key is configured"},
	VendorFailed:        {502, true, "The vendor failed"},
	InvalidResult:       {502, true, "The vendor sent no valid result"},
	ResultExpired:       {502, true, "The result is gone at the vendor"},
	Timeout:             {504, true, "Not finished in time"},
	Canceled:            {409, false, "Canceled"},
	InDoubt:             {202, false, "Sent, outcome unknown"},
	StorageFull:         {503, true, "No room to store results"},
	Internal:            {500, true, "Internal error"},
}

// Status is the HTTP status a caller sees; 500 for an unknown kind.
func (k Kind) Status() int { return k.trait().status }

// Retryable says whether sending the same request again is safe and may help.
// A retry of a failed task is always a new purchase; it is "safe" where the
// failed one is known not to be still under way.
func (k Kind) Retryable() bool { return k.trait().retryable }

// Title is the short text for people, the same for every fault of the kind.
func (k Kind) Title() string { return k.trait().title }

func (k Kind) trait() trait {
	if t, ok := traits[k]; ok {
		return t
	}
	return traits[Internal]
}

// Charge says whether the vendor was paid for a task.
type Charge string

// What is known of the money. A charge that is yes never becomes anything else.
const (
	ChargedNo      Charge = "no"
	ChargedYes     Charge = "yes"
	ChargedUnknown Charge = "unknown"
)
