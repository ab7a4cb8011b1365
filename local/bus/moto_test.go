package bus_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/go-json-experiment/json"

	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// Our matcher and moto's, written by other people from the same documentation, decide alike.
func TestMatchAgreesWithMoto(t *testing.T) {
	moto := pipelinetest.Moto(t)
	events, queues := eventbridge.NewFromConfig(moto), sqs.NewFromConfig(moto)
	agree := func(t *testing.T, i int, s scenario) {
		name := aws.String(fmt.Sprintf("n%d", i))
		_, err := events.CreateEventBus(t.Context(), &eventbridge.CreateEventBusInput{Name: name})
		must(t, err)
		queue, err := queues.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: name})
		must(t, err)
		_, err = events.PutRule(t.Context(), &eventbridge.PutRuleInput{
			Name: name, EventBusName: name, EventPattern: &s.pattern,
		})
		must(t, err)
		_, err = events.PutTargets(t.Context(), &eventbridge.PutTargetsInput{
			Rule: name, EventBusName: name,
			Targets: []types.Target{{Id: name, Arn: aws.String("arn:aws:sqs:us-east-1:123456789012:" + *name)}},
		})
		must(t, err)
		var event struct {
			Source     string         `json:"source"`
			DetailType string         `json:"detail-type"`
			Detail     map[string]any `json:"detail"`
		}
		must(t, json.Unmarshal([]byte(s.event), &event))
		detail, err := json.Marshal(event.Detail)
		must(t, err)
		put := types.PutEventsRequestEntry{
			EventBusName: name, Source: &event.Source, DetailType: &event.DetailType, Detail: aws.String(string(detail)),
		}
		_, err = events.PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{put}})
		must(t, err)
		received, err := queues.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: queue.QueueUrl})
		must(t, err)
		if got := len(received.Messages) > 0; got != s.want {
			t.Errorf("pattern %s\nmoto matches: %t, want %t", s.pattern, got, s.want)
		}
	}
	for i, s := range scenarios() {
		if s.alone {
			continue
		}
		t.Run(s.name, func(t *testing.T) { agree(t, i, s) })
	}
}
