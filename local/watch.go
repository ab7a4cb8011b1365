package local

import "github.com/mejan/mejan/local/lambda"

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
