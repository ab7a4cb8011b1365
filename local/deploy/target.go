package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mejan/mejan/local/bus"
	"github.com/mejan/mejan/local/iam"
	"github.com/mejan/mejan/local/lambda"
	"github.com/mejan/mejan/local/mail"
	"github.com/mejan/mejan/local/metrics"
	"github.com/mejan/mejan/local/queue"
	"github.com/mejan/mejan/local/s3"
	"github.com/mejan/mejan/local/table"
	"github.com/mejan/mejan/local/wire"
)

// Account is the account that the local cloud plays.
const Account = "000000000000"

// Target is the cloud that resources are provisioned in: its services, and what connects them.
type Target struct {
	IAM     *iam.IAM
	S3      *s3.S3
	Table   *table.DynamoDB
	Bus     *bus.Router
	Mail    *mail.Outbox
	Metrics *metrics.Store
	Lambda  *lambda.Engine
	// Region is the region that the cloud plays: that of the stage.
	Region string
	// Registry is the address that repositories have their images at.
	Registry string
	// Images is a folder that images are unpacked in.
	Images string
	// Endpoint is the address of every service, which functions are told.
	Endpoint string
	// Context bounds the pulls of images.
	Context context.Context

	queues      map[string]*queue.Queue
	topics      map[string]*queue.Topic
	roles       map[string]string // function name → ARN of its role
	federated   map[string]bool   // names of the roles that workflows take
	inputBucket string
	// repositories are the names of those that hold images.
	repositories []string

	mu         sync.Mutex
	complaints []error
}

// arn is the ARN of a resource of this account and region.
func (t *Target) arn(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, t.Region, Account, resource)
}

// functionName is the name in a function's ARN.
func functionName(arn string) string { return arn[strings.LastIndexByte(arn, ':')+1:] }

// prepare makes t ready for a deployment.
func (t *Target) prepare() {
	t.queues = make(map[string]*queue.Queue)
	t.topics = make(map[string]*queue.Topic)
	t.roles = make(map[string]string)
	t.federated = make(map[string]bool)
}

// InputBucket is the bucket whose notifications start the pipeline.
func (t *Target) InputBucket() string { return t.inputBucket }

// Queues lists the dead-letter queues, sorted by name.
func (t *Target) Queues() []*queue.Queue {
	var all []*queue.Queue
	for _, q := range t.queues {
		all = append(all, q)
	}
	slices.SortFunc(all, func(a, b *queue.Queue) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Repositories lists the names of the repositories that hold images, in the order in which they were made.
func (t *Target) Repositories() []string { return t.repositories }

// Functions maps the name of each deployed function to its role's ARN.
func (t *Target) Functions() map[string]string { return t.roles }

// check is what AWS would only show once the program has run: that a file can get in.
func (t *Target) check() error {
	if t.inputBucket == "" {
		return errors.New("the program sets up no bucket whose notifications start a function")
	}
	return errors.Join(t.Complaints()...)
}

// Complaints are faults that showed while the cloud ran and that no caller was told of.
func (t *Target) Complaints() []error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.complaints)
}

func (t *Target) complain(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.complaints = append(t.complaints, fmt.Errorf(format, args...))
}

// invoke starts a function for an event that nobody waits for.
func (t *Target) invoke(function string, event []byte) {
	if _, err := t.Lambda.InvokeAsync(function, event, "event"); err != nil && !errors.Is(err, lambda.ErrClosed) {
		t.complain("invoke %s: %w", function, err)
	}
}

// mayInvoke reports whether a function's permissions let an AWS service invoke it on behalf of source.
func (t *Target) mayInvoke(service, functionARN, source string) bool {
	return t.IAM.AllowService(functionARN, service, "lambda:InvokeFunction", map[string]string{
		"aws:SourceArn": source, "aws:SourceAccount": Account,
	})
}

// asRole reports whether a function's role may do something that Lambda does in its name. A refusal is recorded.
func (t *Target) asRole(function, action, resource string) bool {
	role := wire.Principal{ARN: t.roles[function]}
	needs := []wire.Permission{{Action: action, Resource: resource}}
	return t.IAM.Authorize(role, wire.Call{Operation: action, Needs: needs}) == nil
}

// require is asRole for what AWS checks when a resource is made.
func (t *Target) require(function, resource string, actions ...string) error {
	for _, action := range actions {
		if !t.asRole(function, action, resource) {
			return fmt.Errorf("the role of %s is not allowed %s on %s (does this resource depend on the role's policy?)",
				function, action, resource)
		}
	}
	return nil
}

// deadLetter puts a message into a queue and counts it where the queue's alarm looks.
func (t *Target) deadLetter(queueARN string, body []byte) {
	q := t.queues[queueARN]
	if q == nil {
		t.complain("dead letter for %s: no such queue", queueARN)
		return
	}
	q.Send(string(body))
	t.Metrics.Put("AWS/SQS", "ApproximateNumberOfMessagesVisible", map[string]string{"QueueName": q.Name},
		float64(len(q.Messages())), time.Now())
}

// notify publishes the change of an alarm.
func (t *Target) notify(topicARN, alarmARN, alarm string, change []byte) {
	topic := t.topics[topicARN]
	if topic == nil {
		t.complain("alarm %s: topic %s does not exist", alarm, topicARN)
		return
	}
	if !t.IAM.AllowService(topicARN, "cloudwatch.amazonaws.com", "sns:Publish", map[string]string{
		"aws:SourceArn": alarmARN, "aws:SourceAccount": Account,
	}) {
		t.complain("alarm %s: the policy of %s does not let cloudwatch.amazonaws.com publish to it", alarm, topicARN)
		return
	}
	topic.Publish(alarm, string(change))
}

// MayLog records whether the function's role lets Lambda write its log.
func (t *Target) MayLog(function string) {
	stream := t.logGroupARN("/aws/lambda/"+function) + ":log-stream:local"
	t.asRole(function, "logs:CreateLogStream", stream)
	t.asRole(function, "logs:PutLogEvents", stream)
}
