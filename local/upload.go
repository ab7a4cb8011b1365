package local

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	s3sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/go-json-experiment/json"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/smoke"
	"github.com/mejan/mejan/local/mail"
)

// AWS is how an administrator reaches the cloud through an SDK.
func (c *Cloud) AWS() aws.Config {
	return aws.Config{
		Region: c.Region(), BaseEndpoint: aws.String(c.url),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
}

// s3Client speaks to the cloud's S3 as any uploader would.
func (c *Cloud) s3Client() *s3sdk.Client {
	return s3sdk.NewFromConfig(c.AWS(), func(o *s3sdk.Options) { o.UsePathStyle = true })
}

// Upload puts a file into the bucket, waits until nothing is in flight, and says what became of it.
func (c *Cloud) Upload(ctx context.Context, path, key string) (File, error) {
	content, err := os.Open(path)
	if err != nil {
		return File{}, fmt.Errorf("open input: %w", err)
	}
	defer content.Close()
	return c.put(ctx, key, content, nil)
}

// SmokeTest is [Cloud.Upload] with the mark of a smoke test, and in bytes that are new.
func (c *Cloud) SmokeTest(ctx context.Context, path, key string) (File, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return File{}, fmt.Errorf("open input: %w", err)
	}
	nonce := make([]byte, 8)
	_, _ = rand.Read(nonce) // never fails
	body, err := smoke.Body(content, nonce)
	if err != nil {
		return File{}, fmt.Errorf("smoke test of %q: %w", path, err)
	}
	return c.put(ctx, key, bytes.NewReader(body), map[string]string{pipeline.SmokeMetadata: "true"})
}

func (c *Cloud) put(ctx context.Context, key string, body io.Reader, metadata map[string]string) (File, error) {
	file := File{Input: key, Mails: []string{}}
	start, mails := time.Now(), len(c.target.Mail.Messages())
	put, err := c.s3Client().PutObject(ctx, &s3sdk.PutObjectInput{
		Bucket: aws.String(c.Bucket()), Key: aws.String(key), Body: body, Metadata: metadata,
	})
	if err != nil {
		return file, fmt.Errorf("upload to %q: %w", key, err)
	}
	file.ETag = strings.Trim(aws.ToString(put.ETag), `"`)
	if err := c.Settle(ctx); err != nil {
		return file, fmt.Errorf("wait for %q: %w", key, err)
	}
	file.Seconds = time.Since(start).Seconds()
	if err := c.describe(&file, start, c.target.Mail.Messages()[mails:]); err != nil {
		return file, err
	}
	file.Reason, err = c.reason(file, start)
	return file, err
}

// Settle waits until nothing is in flight: no event on its way, no function running, no retry waiting.
func (c *Cloud) Settle(ctx context.Context) error { return c.target.Lambda.Idle(ctx) }

// describe fills in what became of a file, from what an operator could see too: the ingestor's closing line, the
// marker, the table and the mails.
func (c *Cloud) describe(file *File, since time.Time, mails []mail.Message) error {
	closing, settled := c.closingLine(*file, since)
	switch {
	case !settled && c.noticed(since):
		file.Outcome = DeadLettered
		return nil
	case !settled:
		file.Outcome = Ignored
		return nil
	}
	file.RunID, file.CorrelationID = closing.Field("run_id"), closing.Field("correlation_id")
	file.Rows = closing.rows()
	for _, m := range mails {
		if m.Header.Get(pipeline.CorrelationHeader) == file.CorrelationID {
			file.Mails = append(file.Mails, fmt.Sprintf("outbox/%d.eml", m.N))
		}
	}
	marker, err := c.marker(file.ETag)
	if err != nil {
		return err
	}
	file.ProcessedKey, file.RejectsKey = marker.ProcessedKey, marker.RejectsKey
	analysed := c.hasAnalysis(file.RunID)
	if analysed {
		file.AnalysisID = file.RunID
	}
	switch outcome := pipeline.Outcome(closing.Field("outcome")); {
	case outcome == pipeline.Ingested && analysed:
		file.Outcome = Analysed
	case outcome == pipeline.Ingested:
		file.Outcome = DeadLettered
	default:
		file.Outcome = Outcome(outcome)
	}
	return nil
}

// rows are the counts in a closing line.
func (e Entry) rows() pipeline.Rows {
	count := func(name string) int64 {
		n, _ := strconv.ParseInt(e.Field(name), 10, 64)
		return n
	}
	return pipeline.Rows{Raw: count("raw"), Valid: count("valid"), Invalid: count("invalid")}
}

// closingLine is the line by which the ingestor says how a file ended.
func (c *Cloud) closingLine(file File, since time.Time) (Entry, bool) {
	for _, e := range c.logs.since(since) {
		if e.Function == string(pipeline.Ingestor) && e.Field("outcome") != "" && e.Field("key") == file.Input {
			return e, true
		}
	}
	return Entry{}, false
}

// noticed reports whether the ingestor was started at all.
func (c *Cloud) noticed(since time.Time) bool {
	for _, e := range c.logs.since(since) {
		if e.Function == string(pipeline.Ingestor) {
			return true
		}
	}
	return false
}

// marker is the marker of a content; empty where there is none.
func (c *Cloud) marker(etag string) (pipeline.Marker, error) {
	var marker pipeline.Marker
	_, data, err := c.target.S3.Open(c.Bucket(), pipeline.MarkerKey(etag))
	if err != nil {
		return marker, nil
	}
	defer data.Close()
	if err := json.UnmarshalRead(data, &marker); err != nil {
		return marker, fmt.Errorf("read marker of %s: %w", etag, err)
	}
	return marker, nil
}

// hasAnalysis reports whether the table has the analysis of a run.
func (c *Cloud) hasAnalysis(runID string) bool {
	for _, item := range c.analyses() {
		var key struct {
			ID string `json:"analysis_id"`
		}
		if json.Unmarshal(item, &key) == nil && key.ID == runID {
			return true
		}
	}
	return false
}
