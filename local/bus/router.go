// Package bus is EventBridge on the laptop: buses, rules with event patterns, and targets, behind the PutEvents API.
//
// Unlike EventBridge it delivers before it answers, so that a caller who has the answer knows that nothing is under
// way that was not handed over, and it remembers events that no rule wanted, since AWS says nothing of them.
package bus

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Target receives the events that a rule matches.
type Target struct {
	// ARN says what it is.
	ARN string
	// Deliver takes one event, as JSON, and returns once it is accounted for. It is called from within PutEvents,
	// concurrently for concurrent calls. An error means that the event can not be delivered.
	Deliver func(event []byte) error
	// DeadLetter takes an event that could not be delivered, and why. Without it such an event is lost, as on AWS, and
	// shows among the [Router.Unmatched].
	DeadLetter func(event []byte, reason string)
}

// Lost is an event that went nowhere.
type Lost struct {
	ID, Bus, Source, DetailType string
	// Reason is why: no such bus, no rule that matches, a target that refused.
	Reason string
}

// Router holds the buses of one account and region.
type Router struct {
	account, region string
	now             func() time.Time

	mu    sync.Mutex
	buses map[string][]*rule
	lost  []Lost
}

type rule struct {
	name    string
	pattern *Pattern
	targets []identified
}

type identified struct {
	id string
	Target
}

// New makes a router with the bus "default". Time stands in events that do not bring their own.
func New(account, region string, now func() time.Time) *Router {
	return &Router{account: account, region: region, now: now, buses: map[string][]*rule{"default": nil}}
}

// CreateBus adds a bus.
func (r *Router) CreateBus(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, exists := r.buses[name]; exists {
		return fmt.Errorf("create event bus %q: it exists", name)
	}
	r.buses[name] = nil
	return nil
}

// BusARN is the ARN of a bus, there or not.
func (r *Router) BusARN(name string) string {
	return fmt.Sprintf("arn:aws:events:%s:%s:event-bus/%s", r.region, r.account, name)
}

// RuleARN is the ARN of a rule, there or not.
func (r *Router) RuleARN(bus, name string) string {
	path := bus + "/" + name
	if bus == "default" {
		path = name
	}
	return fmt.Sprintf("arn:aws:events:%s:%s:rule/%s", r.region, r.account, path)
}

// PutRule adds a rule to a bus, or gives an existing one another pattern. The error of a pattern says where it is
// wrong, or what in it is not supported.
func (r *Router) PutRule(bus, name, pattern string) error {
	compiled, err := Compile([]byte(pattern))
	if err != nil {
		return fmt.Errorf("put rule %q: %w", name, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, exists := r.buses[bus]; !exists {
		return fmt.Errorf("put rule %q: event bus %q does not exist", name, bus)
	}
	if found := r.rule(bus, name); found != nil {
		found.pattern = compiled
		return nil
	}
	r.buses[bus] = append(r.buses[bus], &rule{name: name, pattern: compiled})
	return nil
}

// PutTarget adds a target to a rule, or replaces the one with the same id.
func (r *Router) PutTarget(bus, ruleName, id string, target Target) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := r.rule(bus, ruleName)
	if found == nil {
		return fmt.Errorf("put target %q: rule %q does not exist on event bus %q", id, ruleName, bus)
	}
	found.targets = slices.DeleteFunc(found.targets, func(t identified) bool { return t.id == id })
	found.targets = append(found.targets, identified{id, target})
	return nil
}

// Unmatched lists events that went nowhere, in order: on a bus that is not there, wanted by no rule with a target, or
// refused by a target without a dead-letter queue.
func (r *Router) Unmatched() []Lost {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.lost)
}

func (r *Router) rule(bus, name string) *rule {
	for _, candidate := range r.buses[bus] {
		if candidate.name == name {
			return candidate
		}
	}
	return nil
}

// Event is what a publisher says; the router adds the rest of the envelope.
type Event struct {
	// Bus is a bus's name or ARN; empty for the default bus.
	Bus string
	// Source and DetailType are required.
	Source, DetailType string
	// Detail is a JSON object.
	Detail []byte
	// Resources lists the ARNs that the event is about.
	Resources []string
	// Time is when it happened; zero for now.
	Time time.Time
}

// envelope is an event as targets see it, in the order of AWS.
type envelope struct {
	Version    string         `json:"version"`
	ID         string         `json:"id"`
	DetailType string         `json:"detail-type"`
	Source     string         `json:"source"`
	Account    string         `json:"account"`
	Time       string         `json:"time"`
	Region     string         `json:"region"`
	Resources  []string       `json:"resources"`
	Detail     jsontext.Value `json:"detail"`
}

// Put hands an event to the targets of every rule that matches it, and returns its id once all have it.
func (r *Router) Put(e Event) (id string, err error) {
	if e.Time.IsZero() {
		e.Time = r.now()
	}
	id = newID()
	event, err := json.Marshal(envelope{
		Version: "0", ID: id, DetailType: e.DetailType, Source: e.Source, Account: r.account,
		Time: e.Time.UTC().Format(time.RFC3339), Region: r.region, Resources: e.Resources, Detail: e.Detail,
	})
	if err != nil {
		return "", fmt.Errorf("make event: %w", err)
	}
	busName := busName(e.Bus)
	targets, reason, err := r.route(busName, event)
	if err != nil {
		return "", err
	}
	lose := func(reason string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.lost = append(r.lost, Lost{ID: id, Bus: busName, Source: e.Source, DetailType: e.DetailType, Reason: reason})
	}
	if len(targets) == 0 {
		lose(reason)
	}
	for _, target := range targets {
		err := target.Deliver(event)
		switch {
		case err == nil:
		case target.DeadLetter != nil:
			target.DeadLetter(event, err.Error())
		default:
			lose(fmt.Sprintf("target %s: %v", target.ARN, err))
		}
	}
	return id, nil
}

// route finds the targets of an event, or says why there are none.
func (r *Router) route(bus string, event []byte) (targets []Target, reason string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	rules, exists := r.buses[bus]
	if !exists {
		return nil, "the event bus does not exist", nil
	}
	for _, candidate := range rules {
		matches, err := candidate.pattern.Match(event)
		if err != nil {
			return nil, "", fmt.Errorf("rule %q: %w", candidate.name, err)
		}
		for _, target := range candidate.targets {
			if matches {
				targets = append(targets, target.Target)
			}
		}
	}
	return targets, "no rule with a target matches", nil
}

// busName is the name in an ARN, or the name itself.
func busName(nameOrARN string) string {
	if nameOrARN == "" {
		return "default"
	}
	return nameOrARN[strings.LastIndexByte(nameOrARN, '/')+1:]
}

// newID makes a random UUID (RFC 9562, version 4).
func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
