package pipeline

import (
	"errors"
	"fmt"
)

// Schema is the version of the shapes in this package. It changes when a field changes its meaning, moves or goes. What
// crosses a boundary carries it: the marker, the event, the item, the insights object, each row and each reject.
const Schema = 2

// Errors of [CheckSchema].
var (
	// ErrNewerSchema means that a newer version of the pipeline wrote the thing. It is handed back for a retry: a
	// deployment may be half finished, or a rollback may still have such things in flight. It is never guessed at.
	ErrNewerSchema = errors.New("written by a newer version of the pipeline")
	// ErrUnknownSchema means that no version that this one follows on wrote the thing.
	ErrUnknownSchema = errors.New("unknown schema")
)

// CheckSchema is the rule of versions: a function reads its own schema and the one before. It returns nil for these,
// [ErrNewerSchema] for a later one and [ErrUnknownSchema] for any other.
func CheckSchema(schema int) error {
	switch {
	case schema > Schema:
		return fmt.Errorf("schema %d: %w, which knows up to %d: deploy that version again, "+
			"or wait until its deployment is over", schema, ErrNewerSchema, Schema)
	case schema < Schema-1:
		return fmt.Errorf("%w %d: this version reads %d and %d", ErrUnknownSchema, schema, Schema-1, Schema)
	default:
		return nil
	}
}

// Upgraded gives an item of the version before the shape of this one: version 1 had the anomalies of all bars in
// KeyAnomalies. Its schema stays.
func (item Item) Upgraded() Item {
	if item.Schema != Schema-1 {
		return item
	}
	all := item.KeyAnomalies
	item.KeyAnomalies = []Anomaly{}
	for _, a := range all {
		if a.Interval == item.Aggregates.Interval && a.Session == item.AsOf {
			item.KeyAnomalies = append(item.KeyAnomalies, a)
		} else {
			item.EarlierAnomalies = append(item.EarlierAnomalies, a)
		}
	}
	item.Aggregates.Anomalies = len(item.KeyAnomalies)
	return item
}
