package s3

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"

	"github.com/mejan/mejan/local/wire"
)

// Errors as S3 words them.
var (
	errAccessDenied = failure(403, "AccessDenied",
		"Access Denied")
	errBadDigest = failure(400, "BadDigest",
		"The Content-MD5 you specified did not match what we received.")
	errBucketExists = failure(409, "BucketAlreadyOwnedByYou",
		"Your previous request to create the named bucket succeeded and you already own it.")
	errConflict = failure(409, "ConditionalRequestConflict",
		"The conditional request cannot succeed due to a conflicting operation against this resource.")
	errEntityTooLarge = failure(400, "EntityTooLarge",
		"Your proposed upload exceeds the maximum allowed object size.")
	errEntityTooSmall = failure(400, "EntityTooSmall",
		"Your proposed upload is smaller than the minimum allowed object size.")
	errIncompleteBody = failure(400, "IncompleteBody",
		"The request body terminated unexpectedly.")
	errInternal = failure(500, "InternalError",
		"We encountered an internal error. Please try again.")
	errInvalidBucketName = failure(400, "InvalidBucketName",
		"The specified bucket is not valid.")
	errInvalidDigest = failure(400, "InvalidDigest",
		"The Content-MD5 you specified was invalid.")
	errInvalidPart = failure(400, "InvalidPart",
		"One or more of the specified parts could not be found. The part may not have been uploaded, or the specified "+
			"entity tag may not match the part's entity tag.")
	errInvalidPartOrder = failure(400, "InvalidPartOrder",
		"The list of parts was not in ascending order. Parts must be ordered by part number.")
	errInvalidRange = failure(416, "InvalidRange",
		"The requested range is not satisfiable")
	errKeyTooLong = failure(400, "KeyTooLongError",
		"Your key is too long")
	errMalformedXML = failure(400, "MalformedXML",
		"The XML you provided was not well-formed or did not validate against our published schema")
	errMethodNotAllowed = failure(405, "MethodNotAllowed",
		"The specified method is not allowed against this resource.")
	errMissingLength = failure(411, "MissingContentLength",
		"You must provide the Content-Length HTTP header.")
	errNoSuchBucket = failure(404, "NoSuchBucket",
		"The specified bucket does not exist")
	errNoSuchKey = failure(404, "NoSuchKey",
		"The specified key does not exist.")
	errNoSuchUpload = failure(404, "NoSuchUpload",
		"The specified upload does not exist.")
	errNoSuchVersion = failure(404, "NoSuchVersion",
		"The specified version does not exist.")
	errNotModified = failure(304, "NotModified",
		"Not Modified")
	errPrecondition = failure(412, "PreconditionFailed",
		"At least one of the pre-conditions you specified did not hold")
)

func failure(status int, code, message string) *wire.Error {
	return &wire.Error{Status: status, Code: code, Message: message}
}

func errInvalidRequest(format string, args ...any) *wire.Error {
	return failure(http.StatusBadRequest, "InvalidRequest", fmt.Sprintf(format, args...))
}

// errBadHeader is S3's answer to a header whose value it cannot read.
func errBadHeader(name string) *wire.Error {
	return errInvalidRequest("Value for %s header is invalid.", strings.ToLower(name))
}

// errBadChecksum is S3's answer to a checksum that is not that of the bytes it received.
func errBadChecksum(algorithm string) *wire.Error {
	return failure(http.StatusBadRequest, "BadDigest",
		fmt.Sprintf("The %s you specified did not match the calculated checksum.", algorithm))
}

func errInvalidArgument(format string, args ...any) *wire.Error {
	return failure(http.StatusBadRequest, "InvalidArgument", fmt.Sprintf(format, args...))
}

// errNotImplemented is S3's answer to headers that it does not know, and ours to what the local cloud does not.
func errNotImplemented(format string, args ...any) *wire.Error {
	return failure(http.StatusNotImplemented, "NotImplemented", "the local cloud has no "+fmt.Sprintf(format, args...))
}

// Fail implements [wire.Service].
func (*S3) Fail(w http.ResponseWriter, e *wire.Error) {
	if e.Status == http.StatusNotModified {
		w.WriteHeader(e.Status)
		return
	}
	id := wire.RequestID(w)
	answer(w, e.Status, struct {
		XMLName   xml.Name `xml:"Error"`
		Code      string
		Message   string
		RequestID string `xml:"RequestId"`
		HostID    string `xml:"HostId"`
	}{Code: e.Code, Message: e.Message, RequestID: id, HostID: id})
}

// answer writes a document. The shapes of this package always marshal.
func answer(w http.ResponseWriter, status int, document any) {
	text, err := xml.Marshal(document)
	if err != nil {
		panic(fmt.Sprintf("marshal %T: %v", document, err))
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(xml.Header))
	_, _ = w.Write(text)
}
