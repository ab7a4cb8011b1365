package analyses

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/mejan/mejan/functions/pipeline"
)

// MaxError bounds the text that [Table.Failed] records, in bytes.
const MaxError = 500

// Claim is the right to send one report, for the length of a lease.
type Claim struct {
	// AnalysisID is the analysis that the report is about.
	AnalysisID string
	// Delivery is the ledger as this claim wrote it.
	Delivery pipeline.Delivery
	// TakenOver means that an earlier attempt held a claim and never said how it ended: a copy may have been sent.
	TakenOver bool
}

// Claim takes the right to send the report about an analysis, for owner, until now + lease. Lease ends are kept in
// whole seconds, rounded up. It returns [ErrNotFound], [ErrSent] or a [LeasedError] where there is nothing to take.
//
// The delivery is replaced as a whole, under the condition that it still is what the decision rests on; so of two
// attempts at the same time one wins. A delivery that has the caller's own owner and lease is the caller's: that is
// how a claim looks whose answer was lost.
func (t *Table) Claim(ctx context.Context, id, owner string, now time.Time, lease time.Duration) (Claim, error) {
	end := now.Add(lease + time.Second - 1).Unix()
	next := Claim{AnalysisID: id, Delivery: pipeline.Delivery{
		State: pipeline.DeliveryClaimed, ClaimedBy: owner, LeaseUntil: end, Attempts: 1,
	}}
	var seen *pipeline.Delivery
	for {
		found, err := t.swap(ctx, id, seen, next.Delivery)
		switch {
		case err == nil, found != nil && holds(*found, next.Delivery):
			return next, nil
		case !errors.Is(err, errChanged):
			return Claim{}, fmt.Errorf("claim delivery of %q: %w", id, err)
		}
		// A delivery is never removed: what was found is a claim or the end of one.
		seen = found
		if next, err = takeOver(next, seen, now); err != nil {
			return Claim{}, fmt.Errorf("claim delivery of %q: %w", id, err)
		}
	}
}

// takeOver decides whether a claim may follow on the delivery that was found, and as what.
func takeOver(next Claim, found *pipeline.Delivery, now time.Time) (Claim, error) {
	switch {
	case found == nil:
		return next, fmt.Errorf("refused without a delivery: %w", ErrClaimLost)
	case found.State == pipeline.DeliverySent:
		return next, ErrSent
	case found.State == pipeline.DeliveryClaimed && found.LeaseUntil >= now.Unix():
		return next, leased(found.LeaseUntil)
	}
	next.Delivery.Attempts = found.Attempts + 1
	next.TakenOver = found.State == pipeline.DeliveryClaimed
	return next, nil
}

// Sent records that SES accepted the report of a claim. It returns [ErrClaimLost] where the claim is no longer the
// caller's; the report was sent all the same.
func (t *Table) Sent(ctx context.Context, c Claim, messageID string, at time.Time) error {
	return t.settle(ctx, c, c.Delivery.Sent(messageID, at))
}

// Failed records that SES refused the report of a claim, so that it was certainly not sent and may be claimed again.
// Reason is cut at [MaxError]. It returns [ErrClaimLost] where the claim is no longer the caller's.
func (t *Table) Failed(ctx context.Context, c Claim, reason string) error {
	return t.settle(ctx, c, c.Delivery.Failed(cut(reason, MaxError)))
}

func (t *Table) settle(ctx context.Context, c Claim, next pipeline.Delivery) error {
	found, err := t.swap(ctx, c.AnalysisID, &c.Delivery, next)
	switch {
	case err == nil, found != nil && holds(*found, next):
		return nil
	case errors.Is(err, errChanged):
		err = ErrClaimLost
	}
	return fmt.Errorf("record delivery of %q as %s: %w", c.AnalysisID, next.State, err)
}

// errChanged means that the delivery is not what [Table.swap] was told to expect.
var errChanged = errors.New("delivery has changed")

// swap replaces the delivery of a stored analysis if it still is seen; nil stands for none. With errChanged comes
// what is there instead.
func (t *Table) swap(ctx context.Context, id string, seen *pipeline.Delivery, next pipeline.Delivery,
) (*pipeline.Delivery, error) {
	value, err := encode(next)
	if err != nil {
		return nil, err
	}
	in := &dynamodb.UpdateItemInput{
		TableName:                           &t.name,
		Key:                                 key(id),
		UpdateExpression:                    aws.String("SET #delivery = :next"),
		ExpressionAttributeNames:            map[string]string{"#delivery": "delivery", "#id": HashKey},
		ExpressionAttributeValues:           map[string]types.AttributeValue{":next": value},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	condition := "attribute_exists(#id) AND attribute_not_exists(#delivery)"
	if seen != nil {
		condition = "attribute_exists(#id) AND " +
			"#delivery.#state = :state AND #delivery.#by = :by AND #delivery.#until = :until"
		in.ExpressionAttributeNames["#state"] = "state"
		in.ExpressionAttributeNames["#by"] = "claimed_by"
		in.ExpressionAttributeNames["#until"] = "lease_until"
		in.ExpressionAttributeValues[":state"] = &types.AttributeValueMemberS{Value: string(seen.State)}
		in.ExpressionAttributeValues[":by"] = &types.AttributeValueMemberS{Value: seen.ClaimedBy}
		in.ExpressionAttributeValues[":until"] = &types.AttributeValueMemberN{Value: strconv.FormatInt(seen.LeaseUntil, 10)}
	}
	in.ConditionExpression = &condition
	_, err = t.client.UpdateItem(ctx, in)
	var refused *types.ConditionalCheckFailedException
	if !errors.As(err, &refused) {
		return nil, err
	}
	if len(refused.Item) == 0 {
		return nil, ErrNotFound
	}
	item, err := Decode(refused.Item)
	if err != nil {
		return nil, err
	}
	return item.Delivery, errChanged
}

// holds reports whether what was found is what the caller tried to write: same attempt, same lease, same end.
func holds(found, mine pipeline.Delivery) bool {
	return found.State == mine.State && found.ClaimedBy == mine.ClaimedBy && found.LeaseUntil == mine.LeaseUntil &&
		found.MessageID == mine.MessageID
}

// cut shortens s to at most n bytes without splitting a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
