package analyses

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/mejan/mejan/functions/pipeline"
)

const (
	// SameSeries is from which likeness of their fingerprints on two items are about the same series: half of all that
	// either has are in both.
	SameSeries = 0.5
	// maxLooked is how many reports before an item are looked at, the latest.
	maxLooked = 100
)

// Last reads the last report before an item: see [pipeline.ReportsIndex]. It looks at the latest 100 of its interval,
// and returns [ErrNotFound] where none of them is about the same series. The index may lag behind the table by a
// second.
func (t *Table) Last(ctx context.Context, before pipeline.Item) (pipeline.Item, error) {
	if before.Interval == "" {
		return pipeline.Item{}, fmt.Errorf("last report before %q, which is not in the index: %w",
			before.AnalysisID, ErrNotFound)
	}
	found, err := t.client.Query(ctx, &dynamodb.QueryInput{
		TableName:                &t.name,
		IndexName:                aws.String(pipeline.ReportsIndex),
		KeyConditionExpression:   aws.String("#interval = :interval AND #as_of < :as_of"),
		ExpressionAttributeNames: map[string]string{"#interval": "interval", "#as_of": "as_of"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":interval": &types.AttributeValueMemberS{Value: before.Interval},
			":as_of":    &types.AttributeValueMemberS{Value: before.AsOf},
		},
		ScanIndexForward: aws.Bool(false),
		Limit:            aws.Int32(maxLooked),
	})
	if err != nil {
		return pipeline.Item{}, fmt.Errorf("query the reports before %q: %w", before.AnalysisID, err)
	}
	var last pipeline.Item
	for _, image := range found.Items {
		item, err := Decode(image)
		if err != nil {
			return pipeline.Item{}, fmt.Errorf("query the reports before %q: %w", before.AnalysisID, err)
		}
		switch {
		case item.Fingerprint.Likeness(before.Fingerprint) < SameSeries:
		case item.AsOf < last.AsOf: // the rest is older
			return t.Get(ctx, last.AnalysisID)
		case item.AnalysisID > last.AnalysisID:
			last = item
		}
	}
	if last.AnalysisID == "" {
		return pipeline.Item{}, fmt.Errorf("last report before %q: %w", before.AnalysisID, ErrNotFound)
	}
	return t.Get(ctx, last.AnalysisID)
}
