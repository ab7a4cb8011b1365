package table

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	jsonv2 "github.com/go-json-experiment/json"

	"github.com/mejan/mejan/local/table/expression"
)

// streamRecord is one change, as a function gets it.
type streamRecord struct {
	EventID        string       `json:"eventID"`
	EventName      string       `json:"eventName"`
	EventVersion   string       `json:"eventVersion"`
	EventSource    string       `json:"eventSource"`
	AWSRegion      string       `json:"awsRegion"`
	Dynamodb       streamChange `json:"dynamodb"`
	EventSourceARN string       `json:"eventSourceARN"`
}

type streamChange struct {
	// ApproximateCreationDateTime is in seconds since 1970.
	ApproximateCreationDateTime int64
	Keys                        expression.Item
	NewImage                    expression.Item `json:",omitempty"`
	OldImage                    expression.Item `json:",omitempty"`
	// SequenceNumber grows with each change of a table.
	SequenceNumber string
	SizeBytes      int
	StreamViewType types.StreamViewType
}

// firstSequence makes sequence numbers as long as those of AWS, so that they sort as text, too.
const firstSequence = 100000000000000000

// tell writes the stream record of a change. A write that changed nothing makes none. The caller holds t.writing.
func (t *table) tell(before, after expression.Item) {
	if t.view == "" || equal(before, after) {
		return
	}
	t.sequence++
	var id [16]byte
	_, _ = rand.Read(id[:]) // It never fails.
	r := streamRecord{
		EventID: hex.EncodeToString(id[:]), EventName: "MODIFY", EventVersion: "1.1", EventSource: "aws:dynamodb",
		AWSRegion: strings.Split(t.arn, ":")[3], EventSourceARN: t.streamARN,
		Dynamodb: streamChange{
			ApproximateCreationDateTime: time.Now().Unix(), StreamViewType: t.view,
			SequenceNumber: fmt.Sprint(firstSequence + t.sequence),
		},
	}
	whole := after
	switch {
	case before == nil:
		r.EventName = "INSERT"
	case after == nil:
		r.EventName, whole = "REMOVE", before
	}
	c := &r.Dynamodb
	c.Keys = t.keyOf(whole)
	if t.view == types.StreamViewTypeNewImage || t.view == types.StreamViewTypeNewAndOldImages {
		c.NewImage = after
	}
	if t.view == types.StreamViewTypeOldImage || t.view == types.StreamViewTypeNewAndOldImages {
		c.OldImage = before
	}
	c.SizeBytes = size(c.Keys) + size(c.NewImage) + size(c.OldImage)
	text, err := jsonv2.Marshal(r, writeOptions())
	if err != nil {
		panic(fmt.Sprintf("marshal stream record: %v", err)) // What was stored can be written.
	}
	for _, subscriber := range t.subscribers {
		subscriber(text)
	}
}

func equal(a, b expression.Item) bool {
	if (a == nil) != (b == nil) {
		return false
	}
	return expression.Equal(&types.AttributeValueMemberM{Value: a}, &types.AttributeValueMemberM{Value: b})
}
