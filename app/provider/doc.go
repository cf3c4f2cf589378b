// Package provider is the contract between aigc and the companies that run
// the models, called vendors everywhere else ("vendor" is reserved in Go
// import paths).
//
// A driver translates: an input into a vendor's request, a vendor's answer
// into an [Answer], a vendor's no into a fault. Nothing else. The host owns
// money, retries, storage and time, so a driver never retries, never sleeps,
// never writes a file and never keeps state.
//
// A vendor that answers at once implements [Generator]; one that gives a
// ticket and is asked later implements [Driver]. Everything rare is an
// optional interface: [Finder], [Fetcher], [Canceler].
//
// What a driver's error means for the money is decided by its kind (see
// package fault), and the rule is that nothing is assumed: an error of a
// submission that is not a fault of a kind which proves "not accepted" or
// "documented no" leaves the task in doubt, and nothing is bought again.
//
// What several vendors share is here, each of it once:
//   - settings of keys and key pairs: [Keys], [AccessKeys], [SecretIDs],
//     [KeysOrAccessKeys], and [KeyAccounts] and [PairAccounts] for other names
//   - showing a key: [Bearer], [BearerToken], [HeaderKey]; asking whether it
//     works: [ProbeGET]
//   - requests: JSON with files in it by an [Embedder] and [ImageRule], or a
//     [Form]
//   - answers: JSON by [Response.Decode], or the image itself, see
//     [Response.Raw]
//   - errors: tables of codes, [Codes]
//   - sizes and ratios: [ParseSize], [ParseRatio], [Sides], [SizeRule],
//     [Nearest], [NearestShape], [NearestSize]
//   - warnings: [Notes]; texts of vendors: [Sanitize]
package provider
