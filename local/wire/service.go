// Package wire is the front of the local cloud: one address for every AWS service. It tells services apart by the
// credential scope of the signature, checks each call against the caller's policies before it has any effect, and can
// be told to make calls fail.
//
// A request without a signature is not an AWS call; it belongs to the console.
package wire

import "net/http"

// Permission is one action on one resource, spelled as a policy would.
type Permission struct {
	Action   string
	Resource string
}

// Call is what a request asks for, understood before it has any effect.
type Call struct {
	// Operation is the API's name of it, such as PutObject.
	Operation string
	// Needs lists what the caller must be granted: all of it.
	Needs []Permission
	// Context holds condition keys of this call, such as s3:prefix, by their names in a policy.
	Context map[string]string
	// Input is what Read made of the body, for Serve; nil where Serve reads the body itself.
	Input any
}

// Service is one AWS service. Its methods are called concurrently.
//
// Bodies are limited to 64 MiB; a service that takes more has a method MaxBody() int64.
type Service interface {
	// Name is the service's signing name, as the credential scope has it: s3, dynamodb, events, ses, bedrock.
	Name() string
	// Read understands a request. It has no effect and may consume the body only into [Call.Input].
	Read(r *http.Request) (Call, *Error)
	// Serve carries out a call that was allowed and writes the answer, errors included.
	Serve(w http.ResponseWriter, r *http.Request, c Call)
	// Fail writes an error in the service's own format.
	Fail(w http.ResponseWriter, e *Error)
}

// Error is an AWS error: an HTTP status, the code that SDKs switch on, and a message.
type Error struct {
	Status  int
	Code    string
	Message string
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }
