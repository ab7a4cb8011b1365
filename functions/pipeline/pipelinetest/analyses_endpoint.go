package pipelinetest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
)

// NewTable creates a table of analyses at a DynamoDB endpoint, as the program declares it, and returns its name.
func NewTable(t *testing.T, cfg aws.Config) string {
	t.Helper()
	client := dynamodb.NewFromConfig(cfg)
	name := fmt.Sprintf("mejan-test-%x", time.Now().UnixNano())
	_, err := client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName:   &name,
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String(analyses.HashKey), AttributeType: "S"},
			{AttributeName: aws.String("interval"), AttributeType: "S"},
			{AttributeName: aws.String("as_of"), AttributeType: "S"},
		},
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String(analyses.HashKey), KeyType: "HASH"}},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String(pipeline.ReportsIndex),
			KeySchema: []types.KeySchemaElement{
				{AttributeName: aws.String("interval"), KeyType: "HASH"}, {AttributeName: aws.String("as_of"), KeyType: "RANGE"},
			},
			Projection: &types.Projection{ProjectionType: "INCLUDE", NonKeyAttributes: []string{"fingerprint"}},
		}},
		StreamSpecification: &types.StreamSpecification{
			StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewImage,
		},
	})
	if err != nil {
		t.Fatalf("create table %q: %v", name, err)
	}
	exists := dynamodb.NewTableExistsWaiter(client)
	if err := exists.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &name}, time.Minute); err != nil {
		t.Fatalf("create table %q: %v", name, err)
	}
	return name
}

// AnalysesOverWire checks a DynamoDB endpoint: [AnalysesConformance], and that a call whose answer is lost on the way
// ends as if it had arrived. The table exists.
func AnalysesOverWire(t *testing.T, cfg aws.Config, name string) {
	AnalysesConformance(t, func(*testing.T) AnalysisTable { return analyses.New(cfg, name) })
	t.Run("lost answers", func(t *testing.T) { lostAnswers(t, cfg, name) })
	t.Run("two messages under one claim", func(t *testing.T) { twoMessages(t, analyses.New(cfg, name)) })
}

// A claim that was settled with one message is not settled with another. The fake takes that for a fault of the test.
func twoMessages(t *testing.T, table AnalysisTable) {
	id := freshID()
	create(t, table, Analysis(id))
	c := claim(t, table, id, "a", noon)
	if err := table.Sent(t.Context(), c, "message-1", noon); err != nil {
		t.Fatalf("sent: %v", err)
	}
	if err := table.Sent(t.Context(), c, "message-2", noon); !errors.Is(err, analyses.ErrClaimLost) {
		t.Errorf("sent as another message: got %v, want %v", err, analyses.ErrClaimLost)
	}
	if got := get(t, table, id).Delivery.MessageID; got != "message-1" {
		t.Errorf("message id: got %q, want that of the first", got)
	}
}

// Each write takes effect, its answer is lost, and the SDK asks again: the caller must not take itself for a
// stranger.
func lostAnswers(t *testing.T, cfg aws.Config, name string) {
	lossy := &losing{rest: http.DefaultTransport}
	cfg.HTTPClient = &http.Client{Transport: lossy}
	table := analyses.New(cfg, name)
	id := freshID()

	lossy.next = "PutItem"
	if err := table.Create(t.Context(), Analysis(id)); !errors.Is(err, analyses.ErrExists) {
		t.Fatalf("create: got %v, want %v: the analysis is there", err, analyses.ErrExists)
	}
	lossy.next = "UpdateItem"
	if c := claim(t, table, id, "a", noon); c.TakenOver || c.Delivery.Attempts != 1 {
		t.Errorf("claim: got %+v, want the first", c)
	}
	lossy.next, lossy.skip = "UpdateItem", 1 // the first update finds the dead claim, the second takes it
	c := claim(t, table, id, "b", noon.Add(lease+time.Second))
	if !c.TakenOver || c.Delivery.Attempts != 2 {
		t.Errorf("claim after a dead one: got %+v, want taken over, attempt 2", c)
	}
	lossy.next = "UpdateItem"
	if err := table.Sent(t.Context(), c, "message-1", noon); err != nil {
		t.Errorf("sent: %v", err)
	}
	if lossy.next != "" || lossy.lost != 4 {
		t.Errorf("answers lost: got %d, want 4", lossy.lost)
	}
}

// losing drops the answer to the next call of an operation, after skipping some. It is for one goroutine.
type losing struct {
	rest       http.RoundTripper
	next       string
	skip, lost int
}

func (l *losing) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := l.rest.RoundTrip(r)
	if err != nil || l.next == "" || !strings.HasSuffix(r.Header.Get("X-Amz-Target"), "."+l.next) {
		return answer, err
	}
	if l.skip > 0 {
		l.skip--
		return answer, nil
	}
	l.next = ""
	l.lost++
	_, err = io.Copy(io.Discard, answer.Body)
	return nil, errors.Join(io.ErrUnexpectedEOF, err, answer.Body.Close())
}
