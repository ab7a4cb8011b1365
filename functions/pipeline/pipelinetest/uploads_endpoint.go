package pipelinetest

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/mejan/mejan/functions/pipeline/objects"
)

// UploadChecksums checks an S3 endpoint: the object that an upload in parts leaves has a checksum of all its parts,
// whatever the environment says about checksums. The bucket exists.
func UploadChecksums(t *testing.T, cfg aws.Config, bucket string) {
	content := bytes.Repeat([]byte("0123456789abcdef"), (2*objects.PartSize+1024)/16)
	var sums []byte
	for part := range slices.Chunk(content, objects.PartSize) {
		sums = binary.BigEndian.AppendUint32(sums, crc32.ChecksumIEEE(part))
	}
	want := base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(sums)))
	for name, sent := range map[string]aws.RequestChecksumCalculation{
		"when supported": aws.RequestChecksumCalculationWhenSupported,
		"when required":  aws.RequestChecksumCalculationWhenRequired,
	} {
		t.Run(name, func(t *testing.T) {
			cfg := cfg.Copy()
			cfg.RequestChecksumCalculation = sent
			at := objects.Ref{Bucket: bucket, Key: "checksums/" + name}
			u := objects.New(cfg).Upload(t.Context(), at)
			if _, err := u.Write(content); err != nil {
				t.Fatalf("write: %v", err)
			}
			if err := u.Commit(t.Context()); err != nil {
				t.Fatalf("commit: %v", err)
			}
			head, err := s3.NewFromConfig(cfg).HeadObject(t.Context(), &s3.HeadObjectInput{
				Bucket: &bucket, Key: &at.Key, ChecksumMode: types.ChecksumModeEnabled,
			})
			if err != nil {
				t.Fatalf("head: %v", err)
			}
			// S3 puts -3 behind the checksum of three parts, moto does not.
			if got := aws.ToString(head.ChecksumCRC32); strings.TrimSuffix(got, "-3") != want {
				t.Errorf("checksum: got %q, want %q", got, want)
			}
			if got := aws.ToInt64(head.ContentLength); got != int64(len(content)) {
				t.Errorf("size: got %d, want %d", got, len(content))
			}
		})
	}
}
