package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-lambda-go/events"

	"github.com/mejan/mejan/functions/pipeline"
)

// errEvent means that an event is not one that the ingestor may have sent.
var errEvent = errors.New("event cannot be used")

// announced takes the announcement out of an event. Its error is an [errEvent], or a [pipeline.ErrNewerSchema].
func announced(event events.EventBridgeEvent) (pipeline.IngestorCompleted, error) {
	var done pipeline.IngestorCompleted
	switch err := json.Unmarshal(event.Detail, &done); {
	case event.Source != pipeline.EventSource || event.DetailType != pipeline.EventDetailType:
		return done, fmt.Errorf("%w: %q from %q", errEvent, event.DetailType, event.Source)
	case err != nil:
		return done, fmt.Errorf("%w: decode detail: %w", errEvent, err)
	}
	if err := pipeline.CheckSchema(done.Schema); errors.Is(err, pipeline.ErrNewerSchema) {
		return done, fmt.Errorf("event: %w", err)
	} else if err != nil {
		return done, fmt.Errorf("%w: %w", errEvent, err)
	}
	switch {
	case done.RunID == "" || done.Bucket.Name == "" || done.Key == "":
		return done, fmt.Errorf("%w: run_id, bucket.name or key is missing", errEvent)
	case !pipeline.ValidRunID(done.RunID):
		return done, fmt.Errorf("%w: run_id %q has not the form that the ingestor gives", errEvent, done.RunID)
	case !pipeline.ValidCorrelationID(done.CorrelationID):
		// The mailer could not put it into a header, and then the item would be there and its report never sent.
		return done, fmt.Errorf("%w: correlation_id %q is not %s: send the event again with another one", errEvent,
			done.CorrelationID, pipeline.CorrelationIDForm)
	case done.ValidCount < 1 || done.RawCount != done.ValidCount+done.InvalidCount:
		return done, fmt.Errorf("%w: counts %d raw, %d valid, %d invalid", errEvent,
			done.RawCount, done.ValidCount, done.InvalidCount)
	}
	return done, nil
}
