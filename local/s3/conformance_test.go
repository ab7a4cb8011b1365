package s3_test

import (
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
	"github.com/mejan/mejan/local/s3"
	"github.com/mejan/mejan/local/wire"
)

// open lets everybody do everything.
type open struct{}

func (open) Principal(string) wire.Principal                 { return wire.Principal{Admin: true} }
func (open) Authorize(wire.Principal, wire.Call) *wire.Error { return nil }

// start serves an empty store.
func start(t *testing.T) (*s3.S3, *wire.Front, *httptest.Server) {
	t.Helper()
	store := s3.New(s3.Config{Dir: t.TempDir(), Region: "us-east-1", Account: "000000000000"})
	front := wire.NewFront(open{}, nil, slog.New(slog.DiscardHandler))
	front.Add(store)
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	return store, front, server
}

// The store keeps the promises that the functions rely on, as S3 does.
func TestConformance(t *testing.T) {
	store, _, server := start(t)
	if err := store.CreateBucket("conformance", true); err != nil {
		t.Fatal(err)
	}
	cfg := pipelinetest.Endpoint(server.URL)
	pipelinetest.ObjectsConformance(t, pipelinetest.S3(cfg, "conformance"))
	pipelinetest.UploadChecksums(t, cfg, "conformance")
}

// The SDK's checksums, uploads and listings work against the store without any setting but its address.
func TestSDK(t *testing.T) {
	_, _, server := start(t)
	api := client.NewFromConfig(pipelinetest.Endpoint(server.URL))
	bucket := aws.String("sdk")
	if _, err := api.CreateBucket(t.Context(), &client.CreateBucketInput{Bucket: bucket}); err != nil {
		t.Fatal(err)
	}
	if _, err := api.HeadBucket(t.Context(), &client.HeadBucketInput{Bucket: bucket}); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a/1", "a/2", "a b+c/ü%20", "z"} {
		if _, err := api.PutObject(t.Context(), &client.PutObjectInput{Bucket: bucket, Key: &key}); err != nil {
			t.Fatal(err)
		}
	}
	pages := client.NewListObjectsV2Paginator(api, &client.ListObjectsV2Input{Bucket: bucket, MaxKeys: aws.Int32(1)})
	var got []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page.Contents {
			got = append(got, *o.Key)
		}
	}
	if len(got) != 4 || got[0] != "a b+c/ü%20" || got[3] != "z" {
		t.Errorf("listed %q", got)
	}
	if _, err := api.CreateBucket(t.Context(), &client.CreateBucketInput{Bucket: aws.String("sdk-other")}); err != nil {
		t.Fatal(err)
	}
	for prefix, want := range map[string]int{"sdk": 2, "sdk-": 1, "nothing": 0} {
		found, err := api.ListBuckets(t.Context(), &client.ListBucketsInput{Prefix: aws.String(prefix)})
		if err != nil || len(found.Buckets) != want {
			t.Fatalf("buckets %q: got %+v, %v, want %d", prefix, found, err, want)
		}
		for _, b := range found.Buckets {
			if aws.ToString(b.BucketRegion) != "us-east-1" {
				t.Errorf("bucket %s: region %s", *b.Name, aws.ToString(b.BucketRegion))
			}
		}
	}
}
