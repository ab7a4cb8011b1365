package lambda

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"
)

// Mapping connects a stream with a function. Field names are those of an event source mapping.
type Mapping struct {
	// UUID names the mapping; one is made where it is empty.
	UUID     string
	Function string
	// StreamARN is told in failure records.
	StreamARN string
	// BatchSize bounds the records of one event; 100 where it is not above zero, as on AWS.
	BatchSize int
	// Filter says whether the function gets a record; nil takes all. A record that it refuses is done with.
	Filter func(record json.RawMessage) bool
	// MaximumRetryAttempts is how often a failed batch is tried again; below zero, for ever.
	MaximumRetryAttempts int
	// MaximumRecordAge is how old a record may grow before it is given up; any age where it is not above zero.
	MaximumRecordAge time.Duration
	// BisectOnError splits a batch that fails in two, which takes nothing from the retries, until the record at fault is
	// alone. Without it the records behind a poison record are given up with it, as on AWS.
	BisectOnError bool
	// ReportBatchItemFailures lets the function name the records that failed. The batch is tried again from the first one.
	ReportBatchItemFailures bool
	// OnFailure gets the object that AWS puts into an S3 destination for records that are given up, and its key: what
	// happened, and under `payload` the event with the records in full. It is called before they count as settled.
	OnFailure func(key string, object []byte)
}

// Map starts a mapping. Records that are fed reach the function in order, one batch at a time, and are in flight until
// they were handled, filtered out or given up.
func (e *Engine) Map(m Mapping) (feed func(record json.RawMessage), err error) {
	p, err := e.pool(m.Function)
	if err != nil {
		return nil, err
	}
	if m.UUID == "" {
		m.UUID = newID()
	}
	if m.BatchSize <= 0 {
		m.BatchSize = 100
	}
	s := &stream{Mapping: m, engine: e, pool: p}
	return s.feed, nil
}

// stream is a mapping at work.
type stream struct {
	Mapping
	engine *Engine
	pool   *pool

	mu     sync.Mutex
	queue  []streamRecord
	active bool
}

// streamRecord is one record of a stream.
type streamRecord struct {
	raw      json.RawMessage
	sequence string
	// created is when the record came into the stream, accepted when it was fed.
	created, accepted time.Time
}

// batch is a run of records that are tried together.
type batch struct {
	records []streamRecord
	retries int
	// invokes counts every attempt at these records, also as part of a greater batch.
	invokes int
}

func (s *stream) feed(raw json.RawMessage) {
	if s.Filter != nil && !s.Filter(raw) {
		return
	}
	s.engine.flight.add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = append(s.queue, readRecord(raw, s.engine.options.Now()))
	if s.active {
		return
	}
	s.active = true
	if !s.engine.begin(s.work) {
		s.settle(1)
	}
}

// work handles records until none is left.
func (s *stream) work() {
	for {
		s.mu.Lock()
		size := min(len(s.queue), s.BatchSize)
		records := s.queue[:size:size]
		s.queue = s.queue[size:]
		s.active = size > 0
		s.mu.Unlock()
		if size == 0 {
			return
		}
		s.handle(records)
	}
}

// handle settles records in order, splitting and repeating as the mapping says.
func (s *stream) handle(records []streamRecord) {
	for todo := []batch{{records: records}}; len(todo) > 0; {
		next := s.dropOld(todo[0])
		todo = todo[1:]
		if len(next.records) == 0 {
			continue
		}
		call := newInvocation(newID(), event(next.records), "stream", next.retries+1)
		s.pool.submit(call)
		out := <-call.result
		if out.err != nil {
			s.settle(len(next.records))
			for _, lost := range todo {
				s.settle(len(lost.records))
			}
			return
		}
		next.invokes++
		done := s.handled(next.records, out)
		s.settle(done)
		next.records = next.records[done:]
		todo = append(s.again(next, done, call.id, out), todo...)
	}
}

// again says how what failed is to be tried once more, and gives it up when it is not.
func (s *stream) again(failed batch, done int, requestID string, out outcome) []batch {
	size := len(failed.records)
	switch {
	case size == 0:
		return nil
	case s.BisectOnError && done > 0:
		// The function itself has shown where to split.
		return []batch{failed}
	case s.BisectOnError && size > 1:
		left, right := failed, failed
		left.records, right.records = failed.records[:size/2], failed.records[size/2:]
		return []batch{left, right}
	case s.MaximumRetryAttempts >= 0 && failed.retries >= s.MaximumRetryAttempts:
		s.giveUp(failed, "RetryAttemptsExhausted", requestID, &out)
		return nil
	}
	failed.retries++
	if !s.engine.pause(s.engine.options.RetryDelay(failed.retries)) {
		s.settle(size)
		return nil
	}
	return []batch{failed}
}

// dropOld gives up the records of a batch that have grown too old.
func (s *stream) dropOld(b batch) batch {
	if s.MaximumRecordAge <= 0 {
		return b
	}
	fresh := 0
	for fresh < len(b.records) && s.engine.options.Now().Sub(b.records[fresh].accepted) > s.MaximumRecordAge {
		fresh++
	}
	if fresh > 0 {
		old := b
		old.records = b.records[:fresh]
		s.giveUp(old, "RecordAgeExceeded", newID(), nil)
		b.records = b.records[fresh:]
	}
	return b
}

// settle counts records as done with.
func (s *stream) settle(n int) { s.engine.flight.add(-n) }

// handled counts the records before the first one that failed.
func (s *stream) handled(records []streamRecord, out outcome) int {
	if out.status != Success {
		return 0
	}
	if !s.ReportBatchItemFailures {
		return len(records)
	}
	first, err := firstFailure(records, out.payload)
	if err != nil {
		return 0
	}
	return first
}

// errBatchResponse is a response that does not say which records failed; it fails all of them.
var errBatchResponse = errors.New("response names no record of the batch")

// firstFailure finds the first record that a response reports, and the number of records where it reports none.
func firstFailure(records []streamRecord, response []byte) (int, error) {
	var report *struct {
		Failures []struct {
			Item string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if len(response) == 0 {
		return len(records), nil
	}
	if err := json.Unmarshal(response, &report); err != nil {
		return 0, fmt.Errorf("read batch response: %w", err)
	}
	first := len(records)
	if report == nil {
		return first, nil
	}
	position := make(map[string]int, len(records))
	for i, record := range records {
		position[record.sequence] = i
	}
	for _, failure := range report.Failures {
		at, known := position[failure.Item]
		if !known || failure.Item == "" {
			return 0, errBatchResponse
		}
		first = min(first, at)
	}
	return first, nil
}

// readRecord takes from a record of DynamoDB what a mapping needs to know.
func readRecord(raw json.RawMessage, now time.Time) streamRecord {
	var record struct {
		DynamoDB struct {
			SequenceNumber string
			// ApproximateCreationDateTime is in seconds since 1970.
			ApproximateCreationDateTime float64
		} `json:"dynamodb"`
	}
	read := streamRecord{raw: append(json.RawMessage(nil), raw...), created: now, accepted: now}
	if json.Unmarshal(raw, &record) != nil {
		return read
	}
	read.sequence = record.DynamoDB.SequenceNumber
	if created := record.DynamoDB.ApproximateCreationDateTime; created > 0 {
		seconds, fraction := math.Modf(created)
		read.created = time.Unix(int64(seconds), int64(fraction*1e9))
	}
	return read
}

// event is what the function gets for a batch.
func event(records []streamRecord) []byte {
	raw := make([]json.RawMessage, len(records))
	for i, record := range records {
		raw[i] = record.raw
	}
	return encode(map[string][]json.RawMessage{"Records": raw})
}
