package main

import (
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/mejan/mejan/functions/pipeline"
)

// notified returns the object version that a record of a notification is about.
func notified(r events.S3EventRecord) pipeline.Source {
	return pipeline.Source{
		Bucket: r.S3.Bucket.Name, Key: r.S3.Object.URLDecodedKey, ETag: strings.Trim(r.S3.Object.ETag, `"`),
		VersionID: r.S3.Object.VersionID, Size: r.S3.Object.Size,
	}
}
