// Package deploytest has tests of the files in deploy and of the Dockerfile, with the
// libraries of Kubernetes, Kustomize, Compose and Prometheus. It is a module of its own, so
// that aigc does not depend on them.
package deploytest
