package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/mejan/mejan/functions/notifier/deliver"
	"github.com/mejan/mejan/functions/notifier/report"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/mail"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

// handler takes batches of the table's stream.
type handler struct {
	log     *telemetry.Logger
	courier deliver.Courier
}

// Handle mails a report for each new analysis and names the records that failed. Lambda goes back to the first of
// these and repeats all behind it; those that went well find in the ledger that they are done. So one record's
// failure stops no other, and a record whose delivery is leased to another attempt waits behind all that can go on.
func (h *handler) Handle(ctx context.Context, batch events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	log := h.log.ForInvocation(ctx)
	var response events.DynamoDBEventResponse
	fail := func(record events.DynamoDBEventRecord) {
		response.BatchItemFailures = append(response.BatchItemFailures,
			events.DynamoDBBatchItemFailure{ItemIdentifier: record.Change.SequenceNumber})
	}
	type parked struct {
		record events.DynamoDBEventRecord
		free   time.Time
	}
	var waiting []parked
	for _, record := range batch.Records {
		var leased analyses.LeasedError
		switch err := h.notify(ctx, log, record); {
		case errors.As(err, &leased):
			waiting = append(waiting, parked{record, leased.Free})
		case errors.Is(err, mail.ErrRefusedForNow):
			waiting = append(waiting, parked{record, time.Now().Add(refusedPause)})
		case err != nil:
			fail(record)
		}
	}
	for _, p := range waiting {
		err := deliver.Await(ctx, p.free)
		if err == nil {
			err = h.notify(ctx, log, p.record)
		}
		if err != nil {
			fail(p.record)
		}
	}
	return response, nil
}

// refusedPause is how long a report waits that SES refused for now: a rate is over by then, and tries that follow at
// once would only use themselves up.
const refusedPause = 20 * time.Second

// notify is the way of one record: its image is an analysis, the analysis becomes a report, and the report is
// delivered. It logs how that ended.
func (h *handler) notify(ctx context.Context, log telemetry.Log, record events.DynamoDBEventRecord) error {
	log.Logger = log.With().Str("sequence_number", record.Change.SequenceNumber).Logger()
	if record.EventName != string(events.DynamoDBOperationTypeInsert) || len(record.Change.NewImage) == 0 {
		log.Info().Str("event_name", record.EventName).Msg("record ignored: not a new analysis")
		return nil
	}
	item, err := decode(record)
	if err != nil {
		return failed(log, err)
	}
	log = log.ForRun(item.CorrelationID, item.AnalysisID, item.Smoke)
	written, err := report.Render(item)
	if err != nil {
		return failed(log, err)
	}
	receipt, err := h.courier.Deliver(ctx, owner(ctx, record), mail.Message{
		RunID: item.AnalysisID, CorrelationID: item.CorrelationID, Smoke: item.Smoke,
		Subject: written.Subject, HTML: written.HTML, Text: written.Text,
	}, func(m pipeline.Metric) { log.Publish(telemetry.Of(m, 1)) })
	if err != nil {
		return failed(log, err)
	}
	if receipt.Before {
		log.Info().Msg("report was sent before")
		return nil
	}
	log.Info().Str("message_id", receipt.MessageID).Int("attempt", receipt.Attempt).
		Str("subject", written.Subject).Int("html_bytes", len(written.HTML)).Msg("report sent")
	return nil
}

// errNotAnalysis means that a record does not hold an analysis that this version can report on.
var errNotAnalysis = errors.New("not an analysis")

func decode(record events.DynamoDBEventRecord) (pipeline.Item, error) {
	item, err := analyses.FromStream(record.Change.NewImage)
	if err != nil {
		return item, fmt.Errorf("%w: %w", errNotAnalysis, err)
	}
	switch err := pipeline.CheckSchema(item.Schema); {
	case errors.Is(err, pipeline.ErrNewerSchema):
		return item, fmt.Errorf("analysis %q: %w", item.AnalysisID, err)
	case err != nil:
		return item, fmt.Errorf("%w: %w", errNotAnalysis, err)
	case item.AnalysisID == "":
		return item, fmt.Errorf("%w: no analysis_id", errNotAnalysis)
	default:
		return item, nil
	}
}

// owner names this attempt at this record, and no other.
func owner(ctx context.Context, record events.DynamoDBEventRecord) string {
	request := ""
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		request = lc.AwsRequestID
	}
	return request + "/" + record.Change.SequenceNumber
}

// permanent reports whether another attempt at the same record ends like this one. Such a record is handed back all the
// same: that is how the mapping gives it up, whole, to the failure destination, from where it can be replayed.
func permanent(err error) bool {
	return !errors.Is(err, mail.ErrRefusedForNow) &&
		pipeline.Permanent(err, errNotAnalysis, analyses.ErrNotFound, mail.ErrRefused)
}

// failed logs an error, once, and returns it.
func failed(log telemetry.Log, err error) error {
	if errors.Is(err, analyses.ErrLeased) {
		log.Info().Err(err).Msg("another attempt holds the delivery")
		return err
	}
	log.Error().Err(err).Bool("permanent", permanent(err)).Msg("report not sent")
	return err
}
