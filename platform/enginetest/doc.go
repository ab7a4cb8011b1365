// Package enginetest runs the whole life of every stage under the real Pulumi engine: first step, releases, changed
// settings, destruction. Everything happens in one process, without the Pulumi CLI, a plug-in or a network. The cloud
// is a stand-in that knows which changes AWS makes in place and which ones replace a resource.
//
// It is a module of its own, outside go.work, because the engine needs many modules that nothing else here needs. Run
// it with `make engine-test`.
package enginetest
