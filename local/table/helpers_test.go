package table_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// got sums up an answer of the SDK.
func got(t *testing.T, item map[string]types.AttributeValue, err error) answer {
	t.Helper()
	var failed *types.ConditionalCheckFailedException
	var api smithy.APIError
	switch {
	case err == nil:
		return answer{item: item}
	case errors.As(err, &failed):
		return answer{code: failed.ErrorCode(), item: failed.Item}
	case errors.As(err, &api):
		return answer{code: api.ErrorCode()}
	}
	t.Fatal(err)
	return answer{}
}

// cmpDiff compares answers by what they say.
func cmpDiff(want, got any) string {
	return cmp.Diff(want, got, cmp.AllowUnexported(answer{}), cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(
		types.AttributeValueMemberS{}, types.AttributeValueMemberN{}, types.AttributeValueMemberM{},
	))
}
