// Package module is the contract between a module (gpt, flux, veo3 …) and the
// host.
//
// A module is a value made by [Define], without side effects: its [Spec] and its
// operations. Each declared [Operation] becomes a REST route with its OpenAPI
// description, an MCP tool with the same schema, a kind of task, rows of the
// model catalogue, an argument of `aigc generate` and a price quote. How one
// vendor does the operation is a [Route]: its models with their prices, its time
// limits, its polling interval and its driver.
//
// # Life cycle
//
// From the declaration of an operation to the answer to a caller:
//
//  1. Declare. modules/<name>/module.go calls [Declare] with an [Operation] and
//     its routes in order of preference. [Sync] makes the route of a vendor that
//     answers with the result, [Async] that of a vendor that gives a ticket, [Mixed]
//     that of a host that does either. The model table with its prices is
//     modules/<name>/models.go; the driver, the input struct and the error table are
//     in modules/internal/<vendor>.
//  2. Register. modules/modules.go lists the modules; [NewRegistry] (registry.go)
//     makes a [Registered] of each operation and fails on names, paths and tools
//     that are used twice. The API, the MCP server and the command line build
//     their routes, tools and flags from [Registry.Operations].
//  3. Announce. Each worker writes its vendor accounts, without secrets, into the
//     ledger (app/worker/announce.go). Processes without vendor keys read them
//     there (app/service/routes.go) and get one [Account] for each, with the
//     fault that parked its key, if it is parked.
//  4. Select. [Select] (select.go) chooses the route and the model of a request,
//     once, when the task is created. app/service/create.go calls it.
//  5. Check. The driver reports faults of the input that a JSON schema cannot
//     express: [Route.Check], which calls the driver's [Checker]. All faults are
//     returned at once, as HTTP 422. app/service/draft.go calls steps 5 and 6.
//  6. Plan. The driver computes the number of results, the quoted cost and the
//     warnings: [Route.Plan], which calls the driver's [Planner]. The quote is
//     [Target.Cost], which adds up list prices by [provider.Cost]
//     (app/provider/price.go). POST /api/quote (Service.Quote in draft.go) ends here.
//  7. Task. app/service/rows.go makes the task's row with vendor, model and quote;
//     Service.Create in app/service/create.go commits it to the ledger.
//  8. Driver call. A worker claims the task and sends the paid request: send in
//     app/worker/submit.go calls [AnyDriver].Submit (driver.go here), which decodes
//     the stored input and calls the vendor's driver. Tickets are polled in
//     app/worker/poll.go by [AnyDriver].Poll.
//  9. Answer. app/worker/answer.go journals the answer, stores its files and
//     records the task as succeeded. The actual cost is computed by actualCost in
//     app/worker/route.go: the vendor's own figure (Answer.Cost, which a driver
//     sets from the usage or credits in the answer, often by [provider.Call.Cost]),
//     else that of the ticket, else the quote in proportion to the results that
//     were delivered.
//  10. Error. A driver returns a [fault.Error]; modules/internal/<vendor>/errors.go
//     maps the vendor's codes to kinds by a [provider.ErrorTable]. Its kind decides
//     what becomes of the task (recordFailure in app/worker/transitions.go) and
//     which HTTP status a caller sees: [fault.Kind.Status] (app/fault/kind.go),
//     written by problem in app/httpapi/problem.go. app/mcpapi/errors.go makes the
//     tool error of it.
//
// # Cost of a new model
//
// A model of a vendor that is already supported is one [Model] in its module's
// table. A new vendor is one folder in modules/internal, one module folder, and
// one line in modules/modules.go.
package module
