package bus

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/local/wire"
)

// Limits of PutEvents. EventBridge takes 1 MB by now; what 256 KB holds is accepted wherever an account's quota
// stands.
const (
	maxEntries = 10
	maxBytes   = 256 << 10
	maxRequest = 4 << 20
)

// Name is EventBridge's signing name.
func (r *Router) Name() string { return "events" }

// Read understands PutEvents and TestEventPattern.
func (r *Router) Read(req *http.Request) (wire.Call, *wire.Error) {
	_, operation, _ := strings.Cut(req.Header.Get("X-Amz-Target"), "AWSEvents.")
	switch operation {
	case "PutEvents":
		input := new(eventbridge.PutEventsInput)
		if e := decode(req.Body, input); e != nil {
			return wire.Call{}, e
		}
		call := wire.Call{Operation: operation, Input: input}
		for _, entry := range input.Entries {
			resource := r.BusARN(busName(aws.ToString(entry.EventBusName)))
			call.Needs = append(call.Needs, wire.Permission{Action: "events:PutEvents", Resource: resource})
		}
		return call, nil
	case "TestEventPattern":
		input := new(eventbridge.TestEventPatternInput)
		if e := decode(req.Body, input); e != nil {
			return wire.Call{}, e
		}
		needs := []wire.Permission{{Action: "events:TestEventPattern", Resource: "*"}}
		return wire.Call{Operation: operation, Needs: needs, Input: input}, nil
	default:
		return wire.Call{}, &wire.Error{
			Status: http.StatusBadRequest, Code: "UnknownOperationException",
			Message: fmt.Sprintf("the local event bus does not know the operation %q", operation),
		}
	}
}

func decode(body io.Reader, input any) *wire.Error {
	data, err := io.ReadAll(io.LimitReader(body, maxRequest+1))
	if err == nil && len(data) > maxRequest {
		return invalid("the request is larger than %d bytes", maxRequest)
	}
	if err == nil {
		err = json.Unmarshal(data, input, json.WithUnmarshalers(json.UnmarshalFromFunc(epoch)))
	}
	if err != nil {
		return &wire.Error{Status: http.StatusBadRequest, Code: "SerializationException", Message: err.Error()}
	}
	return nil
}

// epoch reads a timestamp of the AWS JSON protocol: seconds since 1970, with a fraction.
func epoch(dec *jsontext.Decoder, t *time.Time) error {
	var seconds float64
	if err := json.UnmarshalDecode(dec, &seconds); err != nil {
		return err
	}
	*t = time.UnixMilli(int64(seconds * 1000)).UTC()
	return nil
}

// Serve carries out a call that Read made.
func (r *Router) Serve(w http.ResponseWriter, _ *http.Request, c wire.Call) {
	switch input := c.Input.(type) {
	case *eventbridge.PutEventsInput:
		r.putEvents(w, input)
	case *eventbridge.TestEventPatternInput:
		matches, err := Match([]byte(aws.ToString(input.EventPattern)), []byte(aws.ToString(input.Event)))
		if err != nil {
			message := "Event pattern is not valid. Reason: " + err.Error()
			r.Fail(w, &wire.Error{Status: http.StatusBadRequest, Code: "InvalidEventPatternException", Message: message})
			return
		}
		answer(w, http.StatusOK, map[string]bool{"Result": matches})
	}
}

// entryResult is one line of the answer to PutEvents: an id, or a code and a message.
type entryResult struct {
	EventID      string `json:"EventId,omitempty"`
	ErrorCode    string `json:"ErrorCode,omitempty"`
	ErrorMessage string `json:"ErrorMessage,omitempty"`
}

func (r *Router) putEvents(w http.ResponseWriter, input *eventbridge.PutEventsInput) {
	if e := checkLimits(input.Entries); e != nil {
		r.Fail(w, e)
		return
	}
	var out struct {
		FailedEntryCount int           `json:"FailedEntryCount"`
		Entries          []entryResult `json:"Entries"`
	}
	for _, entry := range input.Entries {
		result := checkEntry(entry)
		if result.ErrorCode == "" {
			id, err := r.Put(Event{
				Bus: aws.ToString(entry.EventBusName), Source: *entry.Source, DetailType: *entry.DetailType,
				Detail: []byte(*entry.Detail), Resources: entry.Resources, Time: aws.ToTime(entry.Time),
			})
			result.EventID = id
			if err != nil {
				result = entryResult{ErrorCode: "InternalFailure", ErrorMessage: err.Error()}
			}
		}
		if result.ErrorCode != "" {
			out.FailedEntryCount++
		}
		out.Entries = append(out.Entries, result)
	}
	answer(w, http.StatusOK, out)
}

func checkLimits(entries []types.PutEventsRequestEntry) *wire.Error {
	switch n := len(entries); {
	case n == 0:
		return invalid("1 validation error detected: Value '[]' at 'entries' failed to satisfy constraint: " +
			"Member must have length greater than or equal to 1")
	case n > maxEntries:
		return invalid("1 validation error detected: Value '[%d entries]' at 'entries' failed to satisfy constraint: "+
			"Member must have length less than or equal to %d", n, maxEntries)
	}
	total := 0
	for _, entry := range entries {
		total += len(aws.ToString(entry.Source)) + len(aws.ToString(entry.DetailType)) + len(aws.ToString(entry.Detail))
		for _, resource := range entry.Resources {
			total += len(resource)
		}
		if entry.Time != nil {
			total += 14 // as the user guide counts it
		}
	}
	if total >= maxBytes {
		return invalid("Total size of the entries in the request is over the limit.")
	}
	return nil
}

// checkEntry refuses what EventBridge refuses of a single entry, the others unharmed.
func checkEntry(entry types.PutEventsRequestEntry) entryResult {
	required := []struct {
		name  string
		value *string
	}{{"Source", entry.Source}, {"DetailType", entry.DetailType}, {"Detail", entry.Detail}}
	for _, field := range required {
		if aws.ToString(field.value) == "" {
			return entryResult{ErrorCode: "InvalidArgument", ErrorMessage: fmt.Sprintf(
				"Parameter %s is not valid. Reason: %s is a required argument.", field.name, field.name)}
		}
	}
	if strings.HasPrefix(*entry.Source, "aws.") {
		return entryResult{
			ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source.",
		}
	}
	if detail, err := parse([]byte(*entry.Detail)); err != nil || !isObject(detail) {
		return entryResult{ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed."}
	}
	return entryResult{}
}

func isObject(value any) bool {
	_, ok := value.(map[string]any)
	return ok
}

// Fail writes an error of the AWS JSON protocol.
func (*Router) Fail(w http.ResponseWriter, e *wire.Error) { wire.FailJSON11(w, e) }

func answer(w http.ResponseWriter, status int, body any) {
	wire.Answer(w, status, wire.JSON11, body)
}

func invalid(format string, args ...any) *wire.Error {
	return &wire.Error{
		Status: http.StatusBadRequest, Code: "ValidationException", Message: fmt.Sprintf(format, args...),
	}
}
