package metrics

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/mejan/mejan/functions/pipeline"
)

// Alarm is a CloudWatch alarm on one metric under one exact set of dimensions.
type Alarm struct {
	Name, Description, Namespace, MetricName string
	Dimensions                               map[string]string
	// Statistic is Sum, Average, Maximum, Minimum or SampleCount.
	Statistic string
	// Period is the length of what the statistic is taken of; a multiple of a second.
	Period time.Duration
	// EvaluationPeriods is how many periods are looked at, DatapointsToAlarm how many of them must breach; 0 means all.
	EvaluationPeriods, DatapointsToAlarm int
	Threshold                            float64
	// ComparisonOperator compares the statistic with the threshold: GreaterThanThreshold and its like.
	ComparisonOperator string
	// TreatMissingData is missing, notBreaching, breaching or ignore; empty means missing.
	TreatMissingData string
	// Action gets what CloudWatch would publish when the alarm goes off; nil for none.
	Action func(change []byte)
}

// Firing is one time that an alarm went off.
type Firing struct {
	Alarm  string    `json:"alarm"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Orphan is an alarm that can not go off, since nobody publishes what it watches.
type Orphan struct {
	Alarm string
	// Published tells that the metric exists under other dimensions, so that the alarm can never see it.
	Published bool
	// Reason says what is published instead, if anything.
	Reason string
}

func (o Orphan) String() string { return o.Alarm + ": " + o.Reason }

// Reading is an alarm and its state.
type Reading struct {
	Name, State, Reason string
}

// States of an alarm.
const (
	stateOK           = "OK"
	stateAlarm        = "ALARM"
	stateInsufficient = "INSUFFICIENT_DATA"
)

// alarm is an alarm, its state, and the statistics of the periods that still matter.
type alarm struct {
	Alarm
	state, reason string
	periods       map[int64]bucket
}

// bucket is the data points of one period.
type bucket struct {
	sum, max, min float64
	count         int
}

var statistics = map[string]func(bucket) float64{
	"Sum":         func(b bucket) float64 { return b.sum },
	"Average":     func(b bucket) float64 { return b.sum / float64(b.count) },
	"Maximum":     func(b bucket) float64 { return b.max },
	"Minimum":     func(b bucket) float64 { return b.min },
	"SampleCount": func(b bucket) float64 { return float64(b.count) },
}

var operators = map[string]struct {
	breaches func(value, threshold float64) bool
	words    string
}{
	"GreaterThanThreshold":          {func(v, t float64) bool { return v > t }, "greater than"},
	"GreaterThanOrEqualToThreshold": {func(v, t float64) bool { return v >= t }, "greater than or equal to"},
	"LessThanThreshold":             {func(v, t float64) bool { return v < t }, "less than"},
	"LessThanOrEqualToThreshold":    {func(v, t float64) bool { return v <= t }, "less than or equal to"},
}

// PutAlarm adds an alarm, or replaces the one of the same name. It is an error to ask for what is not evaluated here.
func (s *Store) PutAlarm(a Alarm) error {
	var problem string
	switch _, operator := operators[a.ComparisonOperator]; {
	case a.Name == "" || a.Namespace == "" || a.MetricName == "":
		problem = "name, namespace and metric name are required"
	case statistics[a.Statistic] == nil:
		problem = fmt.Sprintf("the statistic %q is not known", a.Statistic)
	case !operator:
		problem = fmt.Sprintf("the comparison operator %q is not known", a.ComparisonOperator)
	case a.Period < time.Second || a.Period%time.Second != 0:
		problem = fmt.Sprintf("the period %s is not whole seconds", a.Period)
	case a.EvaluationPeriods < 1 || a.DatapointsToAlarm > a.EvaluationPeriods:
		problem = fmt.Sprintf("%d of %d periods", a.DatapointsToAlarm, a.EvaluationPeriods)
	case !slices.Contains([]string{"", "missing", "notBreaching", "breaching", "ignore"}, a.TreatMissingData):
		problem = fmt.Sprintf("missing data can not be treated as %q", a.TreatMissingData)
	}
	if problem != "" {
		return fmt.Errorf("put alarm %q: %s", a.Name, problem)
	}
	if a.DatapointsToAlarm == 0 {
		a.DatapointsToAlarm = a.EvaluationPeriods
	}
	if a.TreatMissingData == "" {
		a.TreatMissingData = "missing"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alarms = slices.DeleteFunc(s.alarms, func(b *alarm) bool { return b.Name == a.Name })
	s.alarms = append(s.alarms, &alarm{Alarm: a, state: stateInsufficient, periods: make(map[int64]bucket)})
	return nil
}

func (a *alarm) watches(namespace, name string, dimensions map[string]string) bool {
	return a.Namespace == namespace && a.MetricName == name && maps.Equal(a.Dimensions, dimensions)
}

// feed adds a data point to an alarm and returns what its change of state triggers. The lock is held.
func (s *Store) feed(a *alarm, value float64, at time.Time) []func() {
	period := at.Unix() / int64(a.Period/time.Second)
	b, seen := a.periods[period]
	if !seen {
		b.max, b.min = value, value
	}
	b.sum, b.count, b.max, b.min = b.sum+value, b.count+1, max(b.max, value), min(b.min, value)
	a.periods[period] = b
	latest := slices.Max(slices.Collect(maps.Keys(a.periods)))
	maps.DeleteFunc(a.periods, func(p int64, _ bucket) bool { return p <= latest-int64(a.EvaluationPeriods) })

	state, reason := a.evaluate(latest)
	old := a.state
	a.state, a.reason = state, reason
	if old == state || state != stateAlarm {
		return nil
	}
	s.fired = append(s.fired, Firing{Alarm: a.Name, At: at, Reason: reason})
	if a.Action == nil {
		return nil
	}
	message, action := s.message(a, old, at), a.Action
	return []func(){func() { action(message) }}
}

// evaluate looks at the periods up to the latest. Of periods without data, those that count neither way shorten what
// must breach, so that "missing" lets the data that is there decide.
func (a *alarm) evaluate(latest int64) (state, reason string) {
	breaching, silent := 0, 0
	var values []string
	for p := latest - int64(a.EvaluationPeriods) + 1; p <= latest; p++ {
		b, seen := a.periods[p]
		switch {
		case seen:
			value := statistics[a.Statistic](b)
			if operators[a.ComparisonOperator].breaches(value, a.Threshold) {
				breaching++
				values = append(values, fmt.Sprint(value))
			}
		case a.TreatMissingData == "breaching":
			breaching++
		case a.TreatMissingData == "missing", a.TreatMissingData == "ignore":
			silent++
		}
	}
	if breaching > 0 && breaching >= min(a.DatapointsToAlarm, a.EvaluationPeriods-silent) {
		return stateAlarm, fmt.Sprintf("Threshold Crossed: %d out of %d datapoints [%s] %s the threshold (%v).", breaching,
			a.EvaluationPeriods, strings.Join(values, ", "), operators[a.ComparisonOperator].words, a.Threshold)
	}
	return stateOK, "Threshold Not Crossed."
}

// message is what CloudWatch publishes to a topic when an alarm changes its state.
func (s *Store) message(a *alarm, old string, at time.Time) []byte {
	type dimension struct {
		Value string `json:"value"`
		Name  string `json:"name"`
	}
	dimensions := []dimension{}
	for _, name := range slices.Sorted(maps.Keys(a.Dimensions)) {
		dimensions = append(dimensions, dimension{a.Dimensions[name], name})
	}
	text, err := json.Marshal(map[string]any{
		"AlarmName": a.Name, "AlarmDescription": a.Description, "AWSAccountId": s.account, "Region": s.region,
		"NewStateValue": a.state, "NewStateReason": a.reason, "OldStateValue": old,
		"StateChangeTime": at.UTC().Format("2006-01-02T15:04:05.000+0000"),
		"AlarmArn":        fmt.Sprintf("arn:aws:cloudwatch:%s:%s:alarm:%s", s.region, s.account, a.Name),
		"Trigger": map[string]any{
			"MetricName": a.MetricName, "Namespace": a.Namespace, "StatisticType": "Statistic",
			"Statistic": strings.ToUpper(a.Statistic), "Dimensions": dimensions, "Period": int(a.Period / time.Second),
			"EvaluationPeriods": a.EvaluationPeriods, "DatapointsToAlarm": a.DatapointsToAlarm,
			"ComparisonOperator": a.ComparisonOperator, "Threshold": a.Threshold, "TreatMissingData": a.TreatMissingData,
		},
	}, json.Deterministic(true))
	if err != nil {
		panic(err) // text and finite numbers only
	}
	return text
}

// Fired lists each time that an alarm went off, in order.
func (s *Store) Fired() []Firing {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.fired)
}

// Alarms lists every alarm with its state, in the order in which they were put.
func (s *Store) Alarms() []Reading {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Reading
	for _, a := range s.alarms {
		all = append(all, Reading{a.Name, a.state, a.reason})
	}
	return all
}

// Orphans lists the alarms on the pipeline's namespace that no data point ever reached, in the order in which they
// were put: by a wrong name or wrong dimensions, or because what they watch never happened.
func (s *Store) Orphans() []Orphan {
	s.mu.Lock()
	defer s.mu.Unlock()
	var orphans []Orphan
	for _, a := range s.alarms {
		if _, reached := s.series[key(a.Namespace, a.MetricName, a.Dimensions)]; reached ||
			a.Namespace != pipeline.MetricNamespace {
			continue
		}
		orphan := Orphan{Alarm: a.Name, Reason: fmt.Sprintf("nobody published %s", a.MetricName)}
		for _, k := range slices.Sorted(maps.Keys(s.series)) {
			if other := s.series[k]; other.namespace == a.Namespace && other.name == a.MetricName {
				orphan.Published = true
				orphan.Reason = fmt.Sprintf("%s was published with %s, not %s",
					a.MetricName, spell(other.dimensions), spell(a.Dimensions))
			}
		}
		orphans = append(orphans, orphan)
	}
	return orphans
}
