package local

import (
	"errors"
	"fmt"

	"github.com/mejan/mejan/functions/pipeline"
)

// Outcome is how a file ended, seen from outside.
type Outcome string

// Outcomes of a file.
const (
	// Analysed means that the table has an analysis of it.
	Analysed Outcome = "analysed"
	// Duplicate means that its content had been handled before.
	Duplicate Outcome = "duplicate"
	// Rejected means that nothing of it could be used.
	Rejected Outcome = "rejected"
	// Ignored means that no function took it for an input.
	Ignored Outcome = "ignored"
	// DeadLettered means that a function gave up on it: the dead letters and the logs say why.
	DeadLettered Outcome = "dead-lettered"
)

// File is what became of one upload.
type File struct {
	Input   string  `json:"input"`
	ETag    string  `json:"etag"`
	Outcome Outcome `json:"outcome"`
	// Reason says why, of a file that was not taken; empty for one that was.
	Reason        string        `json:"reason,omitempty"`
	RunID         string        `json:"run_id"`
	CorrelationID string        `json:"correlation_id"`
	Rows          pipeline.Rows `json:"rows"`
	ProcessedKey  string        `json:"processed_key"`
	RejectsKey    string        `json:"rejects_key"`
	AnalysisID    string        `json:"analysis_id"`
	// Mails lists the mails about it, relative to the folder of the results.
	Mails []string `json:"mails"`
	// Seconds is from the start of the upload until nothing was in flight.
	Seconds float64 `json:"seconds"`
}

// Denied is a call that the policies of its function did not allow.
type Denied struct {
	Function string `json:"function"`
	Action   string `json:"action"`
	Resource string `json:"resource"`
}

// Grant is an action that a role may use and never did.
type Grant struct {
	Function string `json:"function"`
	Action   string `json:"action"`
	Resource string `json:"resource"`
}

// IAM is what the policies of the program were asked.
type IAM struct {
	Denied []Denied `json:"denied"`
	Unused []Grant  `json:"unused"`
}

// FiredAlarm is an alarm that went off.
type FiredAlarm struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Summary is what a session of the local cloud came to.
type Summary struct {
	Files  []File       `json:"files"`
	IAM    IAM          `json:"iam"`
	Alarms []FiredAlarm `json:"alarms"`
	// DeadLetters counts what lies in dead-letter queues and the failures bucket.
	DeadLetters int `json:"dead_letters"`
	// Problems are faults of the program that AWS would keep to itself: an event that no rule wanted, an alarm on a metric
	// that is published under other dimensions, a line that is no valid metric.
	Problems []string `json:"problems,omitempty"`
}

// Fault is what makes a session a failed one, nil where nothing does: a call that the policies denied, a file or record
// that was given up, a problem. It names each.
func (s Summary) Fault() error {
	var faults []error
	for _, d := range s.IAM.Denied {
		faults = append(faults, fmt.Errorf("%s was denied %s on %s: its role in the program does not grant it",
			d.Function, d.Action, d.Resource))
	}
	for _, f := range s.Files {
		if f.Reason == unnoticed && pipeline.IsInput(f.Input) {
			faults = append(faults, fmt.Errorf("%s is an input, and no notification of the bucket fits it", f.Input))
		}
		if f.Outcome == DeadLettered {
			faults = append(faults, fmt.Errorf("%s was given up: logs.jsonl tells why", f.Input))
		}
	}
	for _, problem := range s.Problems {
		faults = append(faults, errors.New(problem))
	}
	if s.DeadLetters > 0 {
		faults = append(faults, fmt.Errorf("%d dead letters", s.DeadLetters))
	}
	return errors.Join(faults...)
}

// Summary says what the session came to so far.
func (c *Cloud) Summary(files []File) Summary {
	s := Summary{Files: files, IAM: c.iam(), Alarms: []FiredAlarm{}, DeadLetters: c.deadLetters()}
	for _, alarm := range c.target.Metrics.Fired() {
		s.Alarms = append(s.Alarms, FiredAlarm{Name: alarm.Alarm, Reason: alarm.Reason})
	}
	for _, lost := range c.target.Bus.Unmatched() {
		s.problem("an event went nowhere: %s of %s on bus %s: %s", lost.DetailType, lost.Source, lost.Bus, lost.Reason)
	}
	for _, orphan := range c.target.Metrics.Orphans() {
		if orphan.Published {
			s.problem("an alarm watches nothing: %s: %s", orphan.Alarm, orphan.Reason)
		}
	}
	for _, line := range c.target.Metrics.Invalid() {
		s.problem("%s wrote a metric that CloudWatch would drop: %s: %s", c.function(line.Function), line.Reason, line.Text)
	}
	for _, err := range c.target.Complaints() {
		s.problem("%w", err)
	}
	return s
}

func (s *Summary) problem(format string, args ...any) {
	s.Problems = append(s.Problems, fmt.Errorf(format, args...).Error())
}

// iam is what the policies were asked, under the functions' names.
func (c *Cloud) iam() IAM {
	functions := make(map[string]string)
	for deployed, role := range c.target.Functions() {
		functions[role] = c.function(deployed)
	}
	name := func(principal string) string {
		if function, ok := functions[principal]; ok {
			return function
		}
		return principal
	}
	seen := IAM{Denied: []Denied{}, Unused: []Grant{}}
	for _, d := range c.target.IAM.Denied() {
		seen.Denied = append(seen.Denied, Denied{Function: name(d.Principal), Action: d.Action, Resource: d.Resource})
	}
	for _, g := range c.target.IAM.Unused() {
		seen.Unused = append(seen.Unused, Grant{Function: name(g.Role), Action: g.Action, Resource: g.Resource})
	}
	return seen
}

// deadLetters counts what functions gave up: messages in queues, and objects in buckets other than that of the inputs.
func (c *Cloud) deadLetters() int {
	n := 0
	for _, q := range c.target.Queues() {
		n += len(q.Messages())
	}
	for _, bucket := range c.target.S3.Buckets() {
		if bucket == c.Bucket() {
			continue
		}
		for range c.target.S3.Objects(bucket) {
			n++
		}
	}
	return n
}
