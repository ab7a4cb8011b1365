package lambda

import (
	"encoding/json"
	"fmt"
	"time"
)

// streamRecordDiscarded is what AWS puts into an S3 destination for records of a DynamoDB stream that are given up:
// https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html.
type streamRecordDiscarded struct {
	RequestContext  requestContext   `json:"requestContext"`
	ResponseContext *responseContext `json:"responseContext,omitempty"`
	Version         string           `json:"version"`
	Timestamp       string           `json:"timestamp"`
	Batch           batchInfo        `json:"DDBStreamBatchInfo"`
	Payload         json.RawMessage  `json:"payload"`
}

type batchInfo struct {
	ShardID                         string `json:"shardId"`
	StartSequenceNumber             string `json:"startSequenceNumber"`
	EndSequenceNumber               string `json:"endSequenceNumber"`
	ApproximateArrivalOfFirstRecord string `json:"approximateArrivalOfFirstRecord"`
	ApproximateArrivalOfLastRecord  string `json:"approximateArrivalOfLastRecord"`
	BatchSize                       int    `json:"batchSize"`
	StreamARN                       string `json:"streamArn"`
}

// shard is the only one that a local stream has.
const shard = "shardId-00000000000000000000-00000000"

// giveUp hands records that will not be tried again to the mapping's destination, and settles them. Without an outcome
// they were not tried at all.
func (s *stream) giveUp(b batch, condition, requestID string, last *outcome) {
	defer s.settle(len(b.records))
	if s.OnFailure == nil {
		return
	}
	now := s.engine.options.Now().UTC()
	first, final := b.records[0], b.records[len(b.records)-1]
	record := streamRecordDiscarded{
		RequestContext: requestContext{
			RequestID: requestID, FunctionARN: s.pool.function.ARN, Condition: condition, ApproximateInvokeCount: b.invokes,
		},
		Version:   "1.0",
		Timestamp: now.Format(recordTime),
		Batch: batchInfo{
			ShardID:                         shard,
			StartSequenceNumber:             first.sequence,
			EndSequenceNumber:               final.sequence,
			ApproximateArrivalOfFirstRecord: first.created.UTC().Format(time.RFC3339),
			ApproximateArrivalOfLastRecord:  final.created.UTC().Format(time.RFC3339),
			BatchSize:                       len(b.records),
			StreamARN:                       s.StreamARN,
		},
		Payload: event(b.records),
	}
	if last != nil {
		record.ResponseContext = &responseContext{
			StatusCode: 200, ExecutedVersion: "$LATEST", FunctionError: last.functionError(),
		}
	}
	key := fmt.Sprintf("aws/lambda/%s/%s/%s/%s-%s", s.UUID, shard,
		now.Format("2006/01/02"), now.Format("2006-01-02T15.04.05"), newID())
	s.OnFailure(key, encode(record))
}
