// Package provider is the contract between aigc and the companies that run the
// models. Everywhere else they are called vendors; "vendor" is reserved in Go import
// paths.
//
// A driver translates: an input into a vendor's request, a vendor's answer into an
// [Answer], a vendor's error into a fault. The host does everything else: retries,
// rate limits, storage, time limits and money. So a driver never retries, sleeps,
// writes a file or keeps state.
//
// A vendor that answers with the result implements [Generator]; one that gives a
// ticket and is polled implements [Driver]; a host that does either implements
// [MixedDriver]. [Finder], [Fetcher] and [Canceler] are optional.
//
// # Errors of a paid request
//
// The kind of a driver's error decides what becomes of the task; see package fault.
// A submission is sent again only after an error whose kind proves that the vendor did
// not accept it, and fails only after a refusal that the vendor documents. Any other
// error, also one that is not a fault, leaves the task in doubt, and nothing is sent
// again automatically.
//
// # Helpers shared by vendors
//
//   - Settings of keys and key pairs: [Keys], [AccessKeys] and [KeysOrAccessKeys]; with
//     other names of settings [KeyAccounts] and [PairAccounts]; what signatures share:
//     [BodySHA256] and [HMACChain].
//   - Authorization: [Bearer], [BearerToken], [HeaderKey]; checking a key: [ProbeGET].
//   - Requests: JSON with files by an [Embedder] and an [ImageRule], multipart by a
//     [Form].
//   - Answers: JSON by [Response.Decode], or the image itself, see [Response.Raw].
//   - Errors: an [ErrorTable] for each vendor.
//   - Costs: [Cost] of a list of [Price].
//   - Sizes and ratios: [ParseSize], [ParseRatio], [Sides], [SizeRule], [Nearest],
//     [NearestShape], [NearestSize].
//   - Inputs in the vocabulary that vendors share: [Common].
//   - Warnings: [Notes]. Vendors' texts: [Sanitize].
package provider
