package queue_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/mejan/mejan/local/queue"
)

// Nothing that is put aside gets lost, by however many at once, and a list once taken does not change.
func TestNothingIsLost(t *testing.T) {
	q, topic := queue.Queue{Name: "dead-letters"}, queue.Topic{Name: "alarms"}
	q.Send("first")
	before := q.Messages()
	var workers sync.WaitGroup
	for i := range 50 {
		workers.Go(func() {
			q.Send(fmt.Sprint(i))
			topic.Publish("subject", fmt.Sprint(i))
		})
	}
	workers.Wait()
	if len(before) != 1 || len(q.Messages()) != 51 || len(topic.Published()) != 50 {
		t.Errorf("%d, %d and %d messages; want 1, 51 and 50", len(before), len(q.Messages()), len(topic.Published()))
	}
	if q.Messages()[0].Body != "first" || q.Messages()[0].At.IsZero() {
		t.Errorf("first message %+v", q.Messages()[0])
	}
	if !slices.ContainsFunc(topic.Published(), func(n queue.Notification) bool {
		return n.Subject == "subject" && n.Body == "49"
	}) {
		t.Error("a notification is missing")
	}
}
