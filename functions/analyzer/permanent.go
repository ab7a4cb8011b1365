package main

import (
	"errors"

	"github.com/aws/smithy-go"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/objects"
)

// errEvent means that an event is not one that the ingestor may have sent.
var errEvent = errors.New("event cannot be used")

// permanent reports whether trying again cannot help: somebody has to look. What is not known to be so is worth
// another try: a refused permission, because permissions of a fresh deployment arrive late, and what a newer version
// wrote, because that version may be on its way.
func permanent(err error) bool {
	if errors.Is(err, pipeline.ErrNewerSchema) {
		return false
	}
	// The rows were visible before they were announced, so that rows that are gone were deleted.
	for _, final := range []error{errEvent, analyze.ErrRow, objects.ErrNotFound} {
		if errors.Is(err, final) {
			return true
		}
	}
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "ValidationException" // such as an item above 400 KB
}
