// Package queue keeps what a cloud puts aside for people: dead letters and notifications.
package queue

import (
	"slices"
	"sync"
	"time"
)

// Queue keeps messages for good, in order: nothing takes them away. Its methods may be called concurrently.
type Queue struct {
	// Name and ARN do not change once the queue is in use.
	Name, ARN string

	store[Message]
}

// Message is one message of a [Queue].
type Message struct {
	At   time.Time
	Body string
}

// Send adds a message.
func (q *Queue) Send(body string) { q.add(Message{At: time.Now(), Body: body}) }

// Messages lists the messages, the oldest first.
func (q *Queue) Messages() []Message { return q.all() }

// Topic keeps what was published to it, in order. Its methods may be called concurrently.
type Topic struct {
	// Name and ARN do not change once the topic is in use.
	Name, ARN string

	store[Notification]
}

// Notification is what was published to a [Topic].
type Notification struct {
	At            time.Time
	Subject, Body string
}

// Publish adds a notification.
func (t *Topic) Publish(subject, body string) {
	t.add(Notification{At: time.Now(), Subject: subject, Body: body})
}

// Published lists the notifications, the oldest first.
func (t *Topic) Published() []Notification { return t.all() }

// store is a list that grows.
type store[T any] struct {
	mu    sync.Mutex
	items []T
}

func (s *store[T]) add(item T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items = append(s.items, item)
}

func (s *store[T]) all() []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.items)
}
