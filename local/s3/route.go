package s3

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mejan/mejan/local/wire"
)

// target is what a request is about.
type target struct{ bucket, key, version string }

// ARN of the object, or of the bucket where there is no key.
func (t target) arn() string {
	if t.key == "" {
		return BucketARN(t.bucket)
	}
	return BucketARN(t.bucket) + "/" + t.key
}

// operation is one row of the table below.
type operation struct {
	name string
	// action is the permission it needs: on the object if it has a key, else on the bucket.
	action string
	serve  func(*S3, http.ResponseWriter, *http.Request, request) *wire.Error
}

// route says which operation a request is: its method, what it addresses, and the query parameter that picks among the
// operations on that.
type route struct{ method, on, picked string }

// operations maps every route that is served.
var operations = map[route]operation{
	{"GET", "service", ""}:        {"ListBuckets", "s3:ListAllMyBuckets", (*S3).listBuckets},
	{"PUT", "bucket", ""}:         {"CreateBucket", "s3:CreateBucket", (*S3).createBucket},
	{"HEAD", "bucket", ""}:        {"HeadBucket", "s3:ListBucket", (*S3).headBucket},
	{"GET", "bucket", "location"}: {"GetBucketLocation", "s3:GetBucketLocation", (*S3).location},
	{"PUT", "bucket", "versioning"}: {
		"PutBucketVersioning", "s3:PutBucketVersioning", (*S3).setVersioning,
	},
	{"GET", "bucket", "versioning"}: {"GetBucketVersioning", "s3:GetBucketVersioning", (*S3).versioning},
	{"GET", "bucket", "list-type"}:  {"ListObjectsV2", "s3:ListBucket", (*S3).list},
	{"GET", "bucket", "versions"}:   {"ListObjectVersions", "s3:ListBucketVersions", (*S3).listVersions},
	{"GET", "bucket", "uploads"}:    {"ListMultipartUploads", "s3:ListBucketMultipartUploads", (*S3).listUploads},
	{"POST", "bucket", "delete"}:    {"DeleteObjects", "", (*S3).removeMany},
	{"GET", "object", ""}:           {"GetObject", "s3:GetObject", (*S3).get},
	{"HEAD", "object", ""}:          {"HeadObject", "s3:GetObject", (*S3).get},
	{"PUT", "object", ""}:           {"PutObject", "s3:PutObject", (*S3).put},
	{"DELETE", "object", ""}:        {"DeleteObject", "s3:DeleteObject", (*S3).remove},
	{"POST", "object", "uploads"}:   {"CreateMultipartUpload", "s3:PutObject", (*S3).createUpload},
	{"PUT", "object", "uploadId"}:   {"UploadPart", "s3:PutObject", (*S3).uploadPart},
	{"GET", "object", "uploadId"}:   {"ListParts", "s3:ListMultipartUploadParts", (*S3).listParts},
	{"POST", "object", "uploadId"}:  {"CompleteMultipartUpload", "s3:PutObject", (*S3).completeUpload},
	{"DELETE", "object", "uploadId"}: {
		"AbortMultipartUpload", "s3:AbortMultipartUpload", (*S3).abortUpload,
	},
	{"PUT", "object", copyPicked}: {"CopyObject", "s3:PutObject", (*S3).copyObject},
}

// copyPicked stands for the header that makes a copy of a put.
const copyPicked = "x-amz-copy-source"

// parameter reports whether a query parameter only refines an operation. Every other one picks an operation.
func parameter(name string) bool {
	switch name {
	case "prefix", "delimiter", "max-keys", "continuation-token", "start-after", "encoding-type", "fetch-owner",
		"key-marker", "version-id-marker", "versionId", "partNumber", "x-id":
		return true
	default:
		return strings.HasPrefix(name, "X-Amz-")
	}
}

// request is what Read finds out for Serve.
type request struct {
	target
	operation operation
	// removals is the body of DeleteObjects.
	removals *removals
}

// MaxBody allows S3's largest single upload, 5 GiB, and what aws-chunked adds.
func (*S3) MaxBody() int64 { return 5<<30 + 64<<20 }

// Name implements [wire.Service].
func (*S3) Name() string { return "s3" }

// Read implements [wire.Service].
func (s *S3) Read(r *http.Request) (wire.Call, *wire.Error) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	t := target{bucket: bucket, key: key, version: r.URL.Query().Get("versionId")}
	op, e := find(r, t)
	if e != nil {
		return wire.Call{}, e
	}
	q := request{target: t, operation: op}
	call := wire.Call{Operation: op.name, Needs: []wire.Permission{{Action: op.action, Resource: t.arn()}}}
	switch op.name {
	case "ListBuckets":
		call.Needs[0].Resource = "*"
	case "ListObjectsV2", "ListObjectVersions":
		call.Context = map[string]string{"s3:prefix": r.URL.Query().Get("prefix")}
	case "GetObject", "HeadObject", "DeleteObject":
		if t.version != "" {
			call.Needs[0].Action += "Version"
		}
	case "CopyObject":
		source, e := copySource(r)
		if e != nil {
			return wire.Call{}, e
		}
		call.Needs = append(call.Needs, wire.Permission{Action: "s3:GetObject", Resource: source.arn()})
	case "DeleteObjects":
		if q.removals, e = readRemovals(r); e != nil {
			return wire.Call{}, e
		}
		call.Needs = q.removals.needs(t)
	}
	call.Input = q
	return call, nil
}

func find(r *http.Request, t target) (operation, *wire.Error) {
	on := "object"
	switch {
	case t.bucket == "":
		on = "service"
	case t.key == "":
		on = "bucket"
	case len(t.key) > 1024:
		return operation{}, errKeyTooLong
	case !utf8.ValidString(t.key):
		return operation{}, errInvalidArgument("Couldn't parse the specified URI.")
	}
	picks := slices.DeleteFunc(slices.Sorted(maps.Keys(r.URL.Query())), parameter)
	if r.Header.Get(copyPicked) != "" {
		picks = append(picks, copyPicked)
	}
	picked := strings.Join(picks, "&")
	op, ok := operations[route{r.Method, on, picked}]
	if !ok {
		return operation{}, errNotImplemented("operation %s on a %s with %q", r.Method, on, picked)
	}
	return op, unsupported(r)
}

// unsupported refuses headers that would change what a request means.
func unsupported(r *http.Request) *wire.Error {
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		lower := strings.ToLower(name)
		for _, prefix := range []string{
			"x-amz-acl", "x-amz-grant-", "x-amz-tagging", "x-amz-object-lock-", "x-amz-website-", "x-amz-mfa",
			"x-amz-server-side-encryption-", "x-amz-copy-source-if-", "x-amz-copy-source-range", "x-amz-rename-",
			"x-amz-write-offset-",
		} {
			if strings.HasPrefix(lower, prefix) && lower != "x-amz-tagging-directive" {
				return errNotImplemented("support for the header %s", lower)
			}
		}
	}
	if sse := r.Header.Get("X-Amz-Server-Side-Encryption"); sse != "" && sse != "AES256" {
		return errNotImplemented("server-side encryption %q", sse)
	}
	if r.URL.Query().Has("partNumber") && r.Method != http.MethodPut {
		return errNotImplemented("reading by partNumber")
	}
	return nil
}

// Serve implements [wire.Service].
func (s *S3) Serve(w http.ResponseWriter, r *http.Request, c wire.Call) {
	q, _ := c.Input.(request)
	if e := q.operation.serve(s, w, r, q); e != nil {
		s.Fail(w, e)
	}
}

// bucketName is S3's rule for names of buckets.
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

func validBucket(name string) bool {
	return bucketName.MatchString(name) && !strings.Contains(name, "..")
}
