package local

import (
	"fmt"
	"path"

	"github.com/mejan/mejan/local/lambda"
)

// line takes a line of a function, or of Lambda about it.
func (c *Cloud) line(l lambda.Line) {
	entry := readEntry(c.function(l.Function), l)
	c.target.MayLog(l.Function)
	c.logs.add(entry)
	if !l.Platform {
		c.target.Metrics.Line(l.Function, l.Text, l.Time)
	}
	if c.options.Watch != nil {
		c.options.Watch(entry)
	}
}

// report publishes what Lambda itself measures, where the alarms on functions look.
func (c *Cloud) report(r lambda.Report) {
	c.tallies.add(r)
	failed := 0.0
	if r.Status != lambda.Success {
		failed = 1
	}
	dimensions := map[string]string{"FunctionName": r.Function}
	end := r.Started.Add(r.Duration)
	c.target.Metrics.Put("AWS/Lambda", "Invocations", dimensions, 1, end)
	c.target.Metrics.Put("AWS/Lambda", "Errors", dimensions, failed, end)
	c.target.Metrics.Put("AWS/Lambda", "Duration", dimensions, float64(r.Duration.Milliseconds()), end)
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
		for object := range c.target.S3.Objects(bucket) {
			if path.Ext(object.Key) != "" || object.Size > 0 {
				n++
			}
		}
	}
	return n
}
