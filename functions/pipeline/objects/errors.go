package objects

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/mejan/mejan/functions/pipeline"
)

// What reading or creating an object may come to, apart from trouble.
var (
	// ErrNotFound means that there is no object under the key.
	ErrNotFound = errors.New("no such object")
	// ErrExists means that there already is an object under the key.
	ErrExists = errors.New("object exists")
	// ErrChanged means that the object is no longer the version asked for.
	ErrChanged = errors.New("object has changed")
	// ErrConflict means that S3 did not decide, because another write to the key was under way. Trying again helps; an
	// upload in parts has to begin anew.
	ErrConflict = errors.New("another write to the object was under way; try again")
	// ErrDenied means that the caller's permissions do not cover the call.
	ErrDenied = errors.New("access denied; without s3:ListBucket a missing key looks the same")
)

// conflict is S3's code for a conditional write that overlaps with another write.
const conflict = "ConditionalRequestConflict"

// explain adds the sentinel that an S3 error stands for. A failed precondition stands for precondition.
func explain(err, precondition error) error {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return err
	}
	var meaning error
	switch api.ErrorCode() {
	case "NoSuchKey":
		meaning = ErrNotFound
	case "PreconditionFailed":
		meaning = precondition
	case conflict, "OperationAborted":
		meaning = ErrConflict
	case "AccessDenied":
		meaning = ErrDenied
	}
	if meaning == nil {
		return err
	}
	return fmt.Errorf("%w: %w", meaning, err)
}

func quote(etag string) string { return `"` + etag + `"` }

func unquote(etag string) string { return strings.Trim(etag, `"`) }

func contentType(key string) string {
	if pipeline.IsRows(key) {
		return "application/x-ndjson"
	}
	return "application/json"
}
