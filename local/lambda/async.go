package lambda

import (
	"encoding/json"
	"fmt"
	"time"
)

// AsyncConfig says what becomes of asynchronous events that fail.
type AsyncConfig struct {
	// MaximumRetryAttempts is how often a failed event is tried again, 0 to 2 on AWS.
	MaximumRetryAttempts int
	// MaximumEventAge is how old an event may grow before it is given up; 6 h where it is not above zero.
	MaximumEventAge time.Duration
	// OnFailure gets the invocation record of each event that is given up, as AWS sends it to a destination. Without it
	// the event is lost. It is called before the event counts as settled.
	OnFailure func(record []byte)
}

// maximumEventAge is Lambda's default.
const maximumEventAge = 6 * time.Hour

// DefaultAsync is how a function treats asynchronous events until [Engine.ConfigureAsync] says otherwise.
func DefaultAsync() AsyncConfig {
	return AsyncConfig{MaximumRetryAttempts: 2, MaximumEventAge: maximumEventAge}
}

// ConfigureAsync sets what becomes of a function's asynchronous events. It holds for events that come later.
func (e *Engine) ConfigureAsync(function string, config AsyncConfig) error {
	p, err := e.pool(function)
	if err != nil {
		return err
	}
	if config.MaximumEventAge <= 0 {
		config.MaximumEventAge = maximumEventAge
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.async = config
	return nil
}

// InvokeAsync accepts an event and returns its request id, which every attempt carries. Source says who sent it, for
// reports. The event is in flight until it succeeded or was given up. The error is [ErrUnknownFunction],
// [ErrPayloadTooLarge] or [ErrClosed].
func (e *Engine) InvokeAsync(function string, payload []byte, source string) (requestID string, err error) {
	p, err := e.pool(function)
	if err != nil {
		return "", err
	}
	if len(payload) > MaxAsyncPayload {
		return "", fmt.Errorf("invoke %q with %d bytes: %w", function, len(payload), ErrPayloadTooLarge)
	}
	p.mu.Lock()
	config := p.async
	p.mu.Unlock()
	event := asyncEvent{
		pool: p, config: config, id: newID(), payload: append([]byte(nil), payload...), source: source,
		accepted: e.options.Now(),
	}
	if !e.begin(event.run) {
		return "", ErrClosed
	}
	return event.id, nil
}

// asyncEvent is an event that nobody waits for.
type asyncEvent struct {
	pool     *pool
	config   AsyncConfig
	id       string
	payload  []byte
	source   string
	accepted time.Time
}

// run tries the event until it succeeds or must be given up.
func (a asyncEvent) run() {
	options := a.pool.engine.options
	for attempt := 1; ; attempt++ {
		call := newInvocation(a.id, a.payload, a.source, attempt)
		a.pool.submit(call)
		out := <-call.result
		switch {
		case out.err != nil || out.status == Success:
			return
		case attempt > a.config.MaximumRetryAttempts:
			a.giveUp("RetriesExhausted", attempt, out)
			return
		case !a.pool.engine.pause(options.RetryDelay(attempt)):
			return
		case options.Now().Sub(a.accepted) > a.config.MaximumEventAge:
			a.giveUp("EventAgeExceeded", attempt, out)
			return
		}
	}
}

// asyncRecord is what AWS sends to an on-failure destination of asynchronous invocations:
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html.
type asyncRecord struct {
	Version         string          `json:"version"`
	Timestamp       string          `json:"timestamp"`
	RequestContext  requestContext  `json:"requestContext"`
	RequestPayload  json.RawMessage `json:"requestPayload"`
	ResponseContext responseContext `json:"responseContext"`
	ResponsePayload json.RawMessage `json:"responsePayload"`
}

type requestContext struct {
	RequestID              string `json:"requestId"`
	FunctionARN            string `json:"functionArn"`
	Condition              string `json:"condition"`
	ApproximateInvokeCount int    `json:"approximateInvokeCount"`
}

type responseContext struct {
	StatusCode      int    `json:"statusCode"`
	ExecutedVersion string `json:"executedVersion"`
	FunctionError   string `json:"functionError,omitempty"`
}

// recordTime is how AWS writes the time of a record.
const recordTime = "2006-01-02T15:04:05.000Z"

func (a asyncEvent) giveUp(condition string, invokes int, last outcome) {
	if a.config.OnFailure == nil {
		return
	}
	a.config.OnFailure(encode(asyncRecord{
		Version:   "1.0",
		Timestamp: a.pool.engine.options.Now().UTC().Format(recordTime),
		RequestContext: requestContext{
			RequestID: a.id, FunctionARN: a.pool.function.ARN + ":$LATEST", Condition: condition,
			ApproximateInvokeCount: invokes,
		},
		RequestPayload:  rawJSON(a.payload),
		ResponseContext: responseContext{StatusCode: 200, ExecutedVersion: "$LATEST", FunctionError: last.functionError()},
		ResponsePayload: rawJSON(last.payload),
	}))
}

// rawJSON keeps JSON as it is and turns anything else into a JSON string.
func rawJSON(data []byte) json.RawMessage {
	if json.Valid(data) {
		return data
	}
	return encode(string(data))
}

// encode marshals a value of this package, which has no field that could fail.
func encode(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("marshal %T: %v", value, err))
	}
	return data
}
