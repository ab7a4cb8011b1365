// Package bus announces on EventBridge what the pipeline has done.
package bus

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"github.com/mejan/mejan/functions/pipeline"
)

// Bus is one event bus. It is safe for concurrent use.
type Bus struct {
	client *eventbridge.Client
	name   string
}

// New makes the bus called name from the SDK's configuration.
func New(cfg aws.Config, name string) *Bus {
	return &Bus{client: eventbridge.NewFromConfig(cfg), name: name}
}

// Announce puts the event. It may be called again for the same run, and who listens has to cope with that: an error
// leaves open whether the event was put.
func (b *Bus) Announce(ctx context.Context, done pipeline.IngestorCompleted) error {
	detail, err := json.Marshal(done)
	if err != nil {
		return fmt.Errorf("marshal event of run %q: %w", done.RunID, err)
	}
	out, err := b.client.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{{
		EventBusName: &b.name,
		Source:       aws.String(pipeline.EventSource),
		DetailType:   aws.String(pipeline.EventDetailType),
		Detail:       aws.String(string(detail)),
	}}})
	if err != nil {
		return fmt.Errorf("put event of run %q on bus %q: %w", done.RunID, b.name, err)
	}
	return refused(out, done.RunID, b.name)
}

// refused turns an entry's failure, which PutEvents reports inside a successful answer, into an error.
func refused(out *eventbridge.PutEventsOutput, runID, bus string) error {
	if out.FailedEntryCount == 0 && len(out.Entries) == 1 && out.Entries[0].ErrorCode == nil {
		return nil
	}
	code, message := "none", "none"
	if len(out.Entries) > 0 {
		code, message = aws.ToString(out.Entries[0].ErrorCode), aws.ToString(out.Entries[0].ErrorMessage)
	}
	return fmt.Errorf("put event of run %q on bus %q: %d entries refused, code %s: %s",
		runID, bus, out.FailedEntryCount, code, message)
}
