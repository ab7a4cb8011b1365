package deploy

import (
	"fmt"
	"time"

	"github.com/mejan/mejan/local/bus"
	"github.com/mejan/mejan/local/metrics"
)

func (t *Target) eventBus(r Resource) (Made, error) {
	in, err := decode[struct {
		Name        string `json:"name"`
		Description string `json:"description"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	if err := t.Bus.CreateBus(in.Name); err != nil {
		return Made{}, err
	}
	return Made{ID: in.Name, Outputs: map[string]any{"arn": t.Bus.BusARN(in.Name), "name": in.Name}}, nil
}

func (t *Target) eventRule(r Resource) (Made, error) {
	in, err := decode[struct {
		Name        string `json:"name"`
		Bus         string `json:"eventBusName"`
		Pattern     string `json:"eventPattern"`
		Description string `json:"description"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	if err := t.Bus.PutRule(in.Bus, in.Name, in.Pattern); err != nil {
		return Made{}, err
	}
	return Made{ID: in.Name, Outputs: map[string]any{"arn": t.Bus.RuleARN(in.Bus, in.Name), "name": in.Name}}, nil
}

// eventTarget gives an event to a function if the function's permissions let EventBridge invoke it for this rule, and
// to the dead-letter queue otherwise, as AWS does.
func (t *Target) eventTarget(r Resource) (Made, error) {
	in, err := decode[struct {
		Rule       string `json:"rule"`
		Bus        string `json:"eventBusName"`
		ID         string `json:"targetId"`
		ARN        string `json:"arn"`
		DeadLetter struct {
			ARN string `json:"arn"`
		} `json:"deadLetterConfig"`
		Retries struct {
			MaximumAge      int `json:"maximumEventAgeInSeconds"`
			MaximumAttempts int `json:"maximumRetryAttempts"`
		} `json:"retryPolicy"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	rule := t.Bus.RuleARN(in.Bus, in.Rule)
	target := bus.Target{
		ARN: in.ARN,
		Deliver: func(event []byte) error {
			if !t.mayInvoke("events.amazonaws.com", in.ARN, rule) {
				return fmt.Errorf("the permissions of %s do not let events.amazonaws.com invoke it for %s", in.ARN, rule)
			}
			t.invoke(functionName(in.ARN), event)
			return nil
		},
	}
	if in.DeadLetter.ARN != "" {
		target.DeadLetter = func(event []byte, reason string) {
			context := map[string]string{"aws:SourceArn": rule, "aws:SourceAccount": Account}
			if !t.IAM.AllowService(in.DeadLetter.ARN, "events.amazonaws.com", "sqs:SendMessage", context) {
				t.complain("the policy of %s does not let events.amazonaws.com send to it: %s", in.DeadLetter.ARN, reason)
				return
			}
			t.deadLetter(in.DeadLetter.ARN, event)
		}
	}
	return Made{ID: in.Rule + "-" + in.ID}, t.Bus.PutTarget(in.Bus, in.Rule, in.ID, target)
}

func (t *Target) configurationSet(r Resource) (Made, error) {
	in, err := decode[struct {
		Name       string         `json:"configurationSetName"`
		Reputation map[string]any `json:"reputationOptions"`
		Delivery   map[string]any `json:"deliveryOptions"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	if err := t.Mail.CreateConfigurationSet(in.Name); err != nil {
		return Made{}, err
	}
	arn := t.arn("ses", "configuration-set/"+in.Name)
	return Made{ID: in.Name, Outputs: map[string]any{"arn": arn, "configurationSetName": in.Name}}, nil
}

func (t *Target) emailIdentity(r Resource) (Made, error) {
	in, err := decode[struct {
		Identity         string `json:"emailIdentity"`
		ConfigurationSet string `json:"configurationSetName"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	if err := t.Mail.CreateIdentity(in.Identity, in.ConfigurationSet); err != nil {
		return Made{}, err
	}
	return Made{ID: in.Identity, Outputs: map[string]any{"arn": t.arn("ses", "identity/"+in.Identity)}}, nil
}

// metricAlarm publishes to the alarm's topics if their policies let CloudWatch.
func (t *Target) metricAlarm(r Resource) (Made, error) {
	in, err := decode[struct {
		Name              string            `json:"name"`
		Description       string            `json:"alarmDescription"`
		Namespace         string            `json:"namespace"`
		MetricName        string            `json:"metricName"`
		Dimensions        map[string]string `json:"dimensions"`
		Statistic         string            `json:"statistic"`
		Comparison        string            `json:"comparisonOperator"`
		Threshold         float64           `json:"threshold"`
		Period            int               `json:"period"`
		EvaluationPeriods int               `json:"evaluationPeriods"`
		TreatMissingData  string            `json:"treatMissingData"`
		Actions           []string          `json:"alarmActions"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	arn := t.arn("cloudwatch", "alarm:"+in.Name)
	err = t.Metrics.PutAlarm(metrics.Alarm{
		Name: in.Name, Namespace: in.Namespace, MetricName: in.MetricName, Dimensions: in.Dimensions,
		Statistic: in.Statistic, ComparisonOperator: in.Comparison, Threshold: in.Threshold,
		Period: time.Duration(in.Period) * time.Second, EvaluationPeriods: in.EvaluationPeriods,
		TreatMissingData: in.TreatMissingData,
		Action: func(change []byte) {
			for _, action := range in.Actions {
				t.notify(action, arn, in.Name, change)
			}
		},
	})
	return Made{ID: in.Name, Outputs: map[string]any{"arn": arn}}, err
}
