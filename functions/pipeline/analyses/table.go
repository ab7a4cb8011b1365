package analyses

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/mejan/mejan/functions/pipeline"
)

// HashKey is the table's only key: the run id, as the item spells it.
const HashKey = "analysis_id"

// Table is the table of analyses. Its methods may be called concurrently. Calls are retried by the SDK; each of them
// ends the same when a try had its effect but lost its answer.
type Table struct {
	client *dynamodb.Client
	name   string
}

// New makes the table called name from the SDK's configuration.
func New(cfg aws.Config, name string) *Table {
	return &Table{client: dynamodb.NewFromConfig(cfg), name: name}
}

// Create stores an analysis that is not there yet, by one conditional put. It returns [ErrExists] where one is, which
// may be the one of a try whose answer was lost, and [ErrInvalid] where the table cannot hold the item.
func (t *Table) Create(ctx context.Context, item pipeline.Item) error {
	image, err := Encode(item)
	if err != nil {
		return err
	}
	_, err = t.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                &t.name,
		Item:                     image,
		ConditionExpression:      aws.String("attribute_not_exists(#id)"),
		ExpressionAttributeNames: map[string]string{"#id": HashKey},
	})
	var refused *types.ConditionalCheckFailedException
	var api smithy.APIError
	switch {
	case errors.As(err, &refused):
		return fmt.Errorf("put analysis %q: %w", item.AnalysisID, ErrExists)
	case errors.As(err, &api) && api.ErrorCode() == "ValidationException":
		return fmt.Errorf("put analysis %q: %w: %w", item.AnalysisID, ErrInvalid, err)
	case err != nil:
		return fmt.Errorf("put analysis %q: %w", item.AnalysisID, err)
	}
	return nil
}

// Get reads an analysis, consistently. It returns [ErrNotFound] where there is none.
func (t *Table) Get(ctx context.Context, id string) (pipeline.Item, error) {
	out, err := t.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      &t.name,
		Key:            key(id),
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return pipeline.Item{}, fmt.Errorf("get analysis %q: %w", id, err)
	}
	if len(out.Item) == 0 {
		return pipeline.Item{}, fmt.Errorf("get analysis %q: %w", id, ErrNotFound)
	}
	item, err := Decode(out.Item)
	if err != nil {
		return pipeline.Item{}, fmt.Errorf("get analysis %q: %w", id, err)
	}
	return item, nil
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{HashKey: &types.AttributeValueMemberS{Value: id}}
}
