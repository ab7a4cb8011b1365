package console

import (
	"io"
	"time"

	"github.com/mejan/mejan/local/mail"
	"github.com/mejan/mejan/local/metrics"
	"github.com/mejan/mejan/local/queue"
)

// Source is what the console shows. Its methods are called concurrently and return snapshots that nobody changes.
type Source interface {
	// Snapshot is the state of the whole cloud, but for what can be large.
	Snapshot() Snapshot
	// Logs lists the lines in memory, the oldest first.
	Logs() []Line
	// Items lists the items of a table as plain JSON objects; ok is false where there is no such table.
	Items(table string) (items [][]byte, ok bool)
	// Contents opens a bucket; ok is false where there is no such bucket.
	Contents(bucket string) (contents Contents, ok bool)
}

// Snapshot is the state of a cloud at one moment. Any part may be empty.
type Snapshot struct {
	// Stage is the deployed stage, URL the address that AWS clients use, InputBucket the bucket that takes files.
	Stage, URL, InputBucket string
	// Functions are in the order in which a file meets them.
	Functions []Function
	// Files are in the order in which they arrived.
	Files []File
	Mails []mail.Message
	// Alarms are all alarms; Fired is each time that one went off.
	Alarms []metrics.Reading
	Fired  []metrics.Firing
	// Metrics sums up the pipeline's metrics by name.
	Metrics map[string]metrics.Stat
	// Queues are the dead-letter queues.
	Queues []*queue.Queue
	// Denied are calls that no policy allowed; Unused are grants that no call has needed.
	Denied, Unused []Access
	// Problems are faults of the deployed program in a sentence each: an event that no rule wanted, a line that is no
	// metric.
	Problems []string
	// Buckets and Tables are names.
	Buckets, Tables []string
}

// Function is a deployed function and what it did so far.
type Function struct {
	// Name is the contract's, such as ingestor; Deployed is the resource's.
	Name, Deployed string
	// Invocations counts ended ones, Errors those of them that failed, Running those under way.
	Invocations, Errors, Running int
	// Mean and Last are durations of ended invocations.
	Mean, Last time.Duration
}

// File is what became of one object under inputs/.
type File struct {
	At                   time.Time
	Input                string
	Outcome              string
	RunID, CorrelationID string
	Raw, Valid, Invalid  int64
	// Took is from arrival to the last thing that was done about it; 0 where that is not known.
	Took time.Duration
}

// Access is an action of a function on a resource.
type Access struct{ Function, Action, Resource string }

// Line is a line of a log.
type Line struct {
	Time                        time.Time
	Function, RequestID         string
	Level, Message, Correlation string
	// Fields are the other fields of a JSON line, in order.
	Fields []Field
	// Text is the line as it was written.
	Text string
}

// Field is a name and a value as a person reads it.
type Field struct{ Name, Value string }

// Contents is a bucket as it is now.
type Contents struct {
	// Objects are sorted by key.
	Objects []Object
	// Open reads an object.
	Open func(key string) (io.ReadCloser, error)
}

// Object is an object without its content.
type Object struct {
	Key, ETag string
	// Size is in bytes.
	Size     int64
	Modified time.Time
	// Metadata is what the uploader said about it.
	Metadata map[string]string
}
