package pipelinetest

import (
	"bytes"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/mejan/mejan/functions/pipeline/objects"
)

// S3 is the object store of an S3 endpoint, with a bucket that exists.
func S3(cfg aws.Config, bucket string) ObjectsEndpoint {
	client := s3.NewFromConfig(cfg)
	return ObjectsEndpoint{
		Store:  objects.New(cfg),
		Bucket: bucket,
		Seed: func(t *testing.T, key string, body []byte, metadata map[string]string) {
			t.Helper()
			_, err := client.PutObject(t.Context(), &s3.PutObjectInput{
				Bucket: &bucket, Key: &key, Body: bytes.NewReader(body), Metadata: metadata,
			})
			if err != nil {
				t.Fatalf("put object: %v", err)
			}
		},
	}
}

// Endpoint is the store as an endpoint under test, so that the fake is held to what it stands for.
func (o *Objects) Endpoint(bucket string) ObjectsEndpoint {
	return ObjectsEndpoint{
		Store:  o,
		Bucket: bucket,
		Seed: func(_ *testing.T, key string, body []byte, metadata map[string]string) {
			o.Seed(objects.Ref{Bucket: bucket, Key: key}, body, metadata)
		},
	}
}
