// Package aggregator speaks with hosts that serve the models of many vendors under one
// key in OpenAI's dialect: new-api and its relatives, EvoLink, APIMart, Qiniu, chatfire.
//
// It reads an input only by its [provider.Common] vocabulary, so one driver serves all
// modules: [Images] and [Videos] make the route of an operation. An answer is told apart
// by its shape and not by its host: results, a ticket that is polled, or an error.
package aggregator
