package bus_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
	buses "github.com/mejan/mejan/functions/pipeline/bus"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
	"github.com/mejan/mejan/local/bus"
	"github.com/mejan/mejan/local/wire"
)

// open lets everyone do everything and remembers what was asked for.
type open struct{ asked *[]wire.Permission }

func (open) Principal(string) wire.Principal { return wire.Principal{Admin: true} }

func (o open) Authorize(_ wire.Principal, c wire.Call) *wire.Error {
	*o.asked = append(*o.asked, c.Needs...)
	return nil
}

// start puts a router behind the front of the local cloud.
func start(t *testing.T) (*bus.Router, *eventbridge.Client, *[]wire.Permission) {
	t.Helper()
	router := bus.New("000000000000", "us-east-1", func() time.Time { return time.Unix(1764000000, 0) })
	asked := new([]wire.Permission)
	front := wire.NewFront(open{asked}, nil, slog.New(slog.DiscardHandler))
	front.Add(router)
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	client := eventbridge.NewFromConfig(pipelinetest.Endpoint(server.URL), func(o *eventbridge.Options) {
		o.Retryer = aws.NopRetryer{}
	})
	return router, client, asked
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func entry(busName, source, detail string) types.PutEventsRequestEntry {
	return types.PutEventsRequestEntry{
		EventBusName: aws.String(busName), Source: aws.String(source), DetailType: aws.String("IngestorCompleted"),
		Detail: aws.String(detail),
	}
}

// A target gets the event in EventBridge's envelope, before the publisher has its answer, and each target once.
func TestPutEventsDelivers(t *testing.T) {
	router, client, asked := start(t)
	must(t, router.CreateBus("mejan-dev"))
	must(t, router.PutRule("mejan-dev", "completed", `{"source":["mejan.data-ingestor"]}`))
	must(t, router.PutRule("mejan-dev", "other", `{"source":["another"]}`))
	var got []string
	deliver := func(event []byte) error {
		got = append(got, string(event))
		return nil
	}
	must(t, router.PutTarget("mejan-dev", "completed", "analyzer", bus.Target{Deliver: deliver}))
	must(t, router.PutTarget("mejan-dev", "other", "analyzer", bus.Target{Deliver: deliver}))
	// The same id again replaces the target.
	must(t, router.PutTarget("mejan-dev", "completed", "analyzer", bus.Target{Deliver: deliver}))

	timed := entry("mejan-dev", "mejan.data-ingestor", `{"run_id":"a"}`)
	timed.Time = aws.Time(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	timed.Resources = []string{"arn:aws:s3:::data"}
	byARN := entry(router.BusARN("mejan-dev"), "mejan.data-ingestor", `{"run_id":"b"}`)
	out, err := client.PutEvents(t.Context(), &eventbridge.PutEventsInput{
		Entries: []types.PutEventsRequestEntry{timed, byARN},
	})
	must(t, err)
	want := []string{
		fmt.Sprintf(`{"version":"0","id":%q,"detail-type":"IngestorCompleted","source":"mejan.data-ingestor",`+
			`"account":"000000000000","time":"2026-01-02T03:04:05Z","region":"us-east-1",`+
			`"resources":["arn:aws:s3:::data"],"detail":{"run_id":"a"}}`, aws.ToString(out.Entries[0].EventId)),
		fmt.Sprintf(`{"version":"0","id":%q,"detail-type":"IngestorCompleted","source":"mejan.data-ingestor",`+
			`"account":"000000000000","time":"2025-11-24T16:00:00Z","region":"us-east-1",`+
			`"resources":[],"detail":{"run_id":"b"}}`, aws.ToString(out.Entries[1].EventId)),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
	if lost := router.Unmatched(); len(lost) != 0 {
		t.Errorf("lost %v, want none", lost)
	}
	need := wire.Permission{
		Action: "events:PutEvents", Resource: "arn:aws:events:us-east-1:000000000000:event-bus/mejan-dev",
	}
	if diff := cmp.Diff([]wire.Permission{need, need}, *asked); diff != "" {
		t.Errorf("permissions asked for (-want +got):\n%s", diff)
	}
}

// An event that goes nowhere is accepted, as on AWS, and shows among the lost with the reason.
func TestLostEventsAreSeen(t *testing.T) {
	router, client, _ := start(t)
	must(t, router.CreateBus("mejan-dev"))
	must(t, router.PutRule("mejan-dev", "wrong", `{"source":["mejan.ingestor"]}`))
	must(t, router.PutRule("mejan-dev", "refuses", `{"source":["refused"]}`))
	must(t, router.PutTarget("mejan-dev", "wrong", "x", bus.Target{Deliver: func([]byte) error { return nil }}))
	refuse := func([]byte) error { return errors.New("gone") }
	must(t, router.PutTarget("mejan-dev", "refuses", "x", bus.Target{ARN: "arn:x", Deliver: refuse}))
	var dead []string
	must(t, router.PutTarget("mejan-dev", "refuses", "y", bus.Target{
		Deliver: refuse, DeadLetter: func(_ []byte, reason string) { dead = append(dead, reason) },
	}))
	out, err := client.PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{
		entry("mejan-dev", "mejan.data-ingestor", "{}"), entry("mejan-prod", "mejan.data-ingestor", "{}"),
		entry("mejan-dev", "refused", "{}"),
	}})
	must(t, err)
	if out.FailedEntryCount != 0 {
		t.Errorf("%d entries failed, want 0", out.FailedEntryCount)
	}
	var reasons []string
	for _, lost := range router.Unmatched() {
		reasons = append(reasons, lost.Bus+": "+lost.Source+": "+lost.Reason)
	}
	want := []string{
		"mejan-dev: mejan.data-ingestor: no rule with a target matches",
		"mejan-prod: mejan.data-ingestor: the event bus does not exist",
		"mejan-dev: refused: target arn:x: gone",
	}
	if diff := cmp.Diff(want, reasons); diff != "" {
		t.Errorf("lost (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"gone"}, dead); diff != "" {
		t.Errorf("dead letters (-want +got):\n%s", diff)
	}
}

// One bad entry fails alone; the request succeeds, and the count says how many did.
func TestPutEventsFailsPerEntry(t *testing.T) {
	_, client, _ := start(t)
	ofAWS := entry("default", "aws.s3", "{}")
	noDetail := entry("default", "x", "{}")
	noDetail.Detail = nil
	out, err := client.PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{
		entry("default", "x", "{"), entry("default", "x", "[]"), noDetail, ofAWS, entry("default", "", "{}"),
		entry("default", "x", "{}"),
	}})
	must(t, err)
	var codes []string
	for _, e := range out.Entries {
		codes = append(codes, aws.ToString(e.ErrorCode))
	}
	want := []string{
		"MalformedDetail", "MalformedDetail", "InvalidArgument", "NotAuthorizedForSourceException", "InvalidArgument", "",
	}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
	if out.FailedEntryCount != 5 || out.Entries[5].EventId == nil {
		t.Errorf("%d failed, last %v; want 5 and an id", out.FailedEntryCount, out.Entries[5])
	}
}

// A request over the limits is refused whole.
func TestPutEventsLimits(t *testing.T) {
	router, client, _ := start(t)
	for name, entries := range map[string][]types.PutEventsRequestEntry{
		"no entry":  {},
		"11":        make([]types.PutEventsRequestEntry, 11),
		"too large": {entry("default", "x", `{"a":"`+strings.Repeat("x", 256<<10)+`"}`)},
	} {
		_, err := client.PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: entries})
		var api smithy.APIError
		if !errors.As(err, &api) || api.ErrorCode() != "ValidationException" {
			t.Errorf("%s: error %v, want a ValidationException", name, err)
		}
	}
	if lost := router.Unmatched(); len(lost) != 0 {
		t.Errorf("events went out: %v", lost)
	}
}

// TestEventPattern answers by the same matcher that rules use.
func TestTestEventPattern(t *testing.T) {
	_, client, _ := start(t)
	try := func(pattern string) (*eventbridge.TestEventPatternOutput, error) {
		return client.TestEventPattern(t.Context(), &eventbridge.TestEventPatternInput{
			EventPattern: &pattern, Event: aws.String(`{"source":"a"}`),
		})
	}
	out, err := try(`{"source":["a"]}`)
	must(t, err)
	if !out.Result {
		t.Error("no match, want one")
	}
	var refused *types.InvalidEventPatternException
	if _, err := try(`{"source":"a"}`); !errors.As(err, &refused) {
		t.Errorf("error %v, want an InvalidEventPatternException", err)
	}
}

// What the program asks of a bus or rule that is not there is an error, not a surprise later.
func TestUnknownNames(t *testing.T) {
	router, _, _ := start(t)
	must(t, router.CreateBus("b"))
	if err := router.CreateBus("b"); err == nil {
		t.Error("a second bus of the same name was made")
	}
	if err := router.PutRule("nowhere", "r", `{"source":["a"]}`); err == nil {
		t.Error("a rule was put on a bus that is not there")
	}
	if err := router.PutRule("b", "r", `{"source":[{"cidr":"x"}]}`); err == nil {
		t.Error("a pattern was taken that is not supported")
	}
	if err := router.PutTarget("b", "r", "t", bus.Target{}); err == nil {
		t.Error("a target was put on a rule that is not there")
	}
}

// The ingestor's announcement reaches a rule on it as the pipeline's contract says.
func TestConformance(t *testing.T) {
	router, client, _ := start(t)
	must(t, router.CreateBus("mejan-dev"))
	pattern := fmt.Sprintf(`{"source":[%q],"detail-type":[%q]}`, pipeline.EventSource, pipeline.EventDetailType)
	must(t, router.PutRule("mejan-dev", "completed", pattern))
	var delivered []json.RawMessage
	must(t, router.PutTarget("mejan-dev", "completed", "analyzer", bus.Target{Deliver: func(event []byte) error {
		delivered = append(delivered, event)
		return nil
	}}))
	endpoint := pipelinetest.Endpoint(aws.ToString(client.Options().BaseEndpoint))
	pipelinetest.BusConformance(t, pipelinetest.BusEndpoint{
		Bus:       buses.New(endpoint, "mejan-dev"),
		Delivered: func(*testing.T) []json.RawMessage { return delivered },
	})
}
