package bus_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/bus"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// An announcement reaches a rule's target as it was made, on an implementation that is not ours.
func TestConformanceMoto(t *testing.T) {
	cfg := pipelinetest.Moto(t)
	const name = "mejan-test"
	delivered := motoRule(t, cfg, name)
	pipelinetest.BusConformance(t, pipelinetest.BusEndpoint{Bus: bus.New(cfg, name), Delivered: delivered})
}

// motoRule makes a bus with the pipeline's rule and a queue behind it, and returns how to read the queue.
func motoRule(t *testing.T, cfg aws.Config, name string) func(*testing.T) []json.RawMessage {
	t.Helper()
	events, queues := eventbridge.NewFromConfig(cfg), sqs.NewFromConfig(cfg)
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	queue, err := queues.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name})
	must(queue, err)
	must(events.CreateEventBus(t.Context(), &eventbridge.CreateEventBusInput{Name: &name}))
	pattern := fmt.Sprintf(`{"source":[%q],"detail-type":[%q]}`, pipeline.EventSource, pipeline.EventDetailType)
	must(events.PutRule(t.Context(), &eventbridge.PutRuleInput{Name: &name, EventBusName: &name, EventPattern: &pattern}))
	must(events.PutTargets(t.Context(), &eventbridge.PutTargetsInput{
		Rule: &name, EventBusName: &name,
		// 123456789012 is moto's account.
		Targets: []types.Target{{Id: &name, Arn: aws.String("arn:aws:sqs:us-east-1:123456789012:" + name)}},
	}))
	return func(t *testing.T) []json.RawMessage {
		t.Helper()
		out, err := queues.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{
			QueueUrl: queue.QueueUrl, MaxNumberOfMessages: 10,
		})
		must(out, err)
		var delivered []json.RawMessage
		for _, m := range out.Messages {
			delivered = append(delivered, json.RawMessage(*m.Body))
		}
		return delivered
	}
}

// PutEvents answers 200 also when it took none of the entries; such an announcement was not made.
func TestAnnounceNoticesRefusedEntry(t *testing.T) {
	for name, test := range map[string]struct {
		answer string
		want   string // part of the error, empty for none
	}{
		"taken":     {`{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}`, ""},
		"throttled": {`{"FailedEntryCount":1,"Entries":[{"ErrorCode":"ThrottlingException","ErrorMessage":"slow down"}]}`, "slow down"},
		"code only": {`{"FailedEntryCount":0,"Entries":[{"ErrorCode":"InternalFailure"}]}`, "InternalFailure"},
		"no answer": {`{"FailedEntryCount":0,"Entries":[]}`, "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/x-amz-json-1.1")
				_, _ = w.Write([]byte(test.answer))
			}))
			defer server.Close()
			err := bus.New(pipelinetest.Endpoint(server.URL), "b").Announce(t.Context(), pipeline.IngestorCompleted{RunID: "r1"})
			switch {
			case test.want == "" && err != nil:
				t.Errorf("unexpected error: %v", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got error %v, want one that says %q", err, test.want)
			}
		})
	}
}
