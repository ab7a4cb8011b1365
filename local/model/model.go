// Package model is Bedrock's Converse on the laptop. It answers the pipeline's prompt, facts as JSON and one forced
// tool, with sentences made from those facts: the same facts always give the same sentences. It can be told to behave
// as badly as models do.
package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Mode is how the model behaves.
type Mode string

// Modes.
const (
	// OK answers well.
	OK Mode = "ok"
	// Throttle answers 429, as under too many requests per minute.
	Throttle Mode = "throttle"
	// Exhausted answers 429 for the rest of the day.
	Exhausted Mode = "exhausted"
	// Error answers 500.
	Error Mode = "error"
	// Malformed calls the tool with an input that is not of its schema.
	Malformed Mode = "malformed"
	// Lying calls the tool with figures and symbols of its own, and turns directions round.
	Lying Mode = "lying"
	// Denied answers 403, as without access to the model.
	Denied Mode = "denied"
)

// Modes lists every mode.
func Modes() []Mode { return []Mode{OK, Throttle, Exhausted, Error, Malformed, Lying, Denied} }

// Model stands for every model that the account may use in one region.
type Model struct {
	account, region string

	mu    sync.Mutex
	mode  Mode
	left  int // answers in this mode until OK; 0 means no end
	calls []Answered
}

// Answered is one call that the model answered, well or badly.
type Answered struct {
	ModelID             string
	Mode                Mode
	TokensIn, TokensOut int
}

// New makes a model in mode [OK].
func New(account, region string) *Model { return &Model{account: account, region: region, mode: OK} }

// errMode is for a mode that does not exist.
var errMode = errors.New("no such mode")

// Behave sets the mode: for the next so many calls, or for all further ones where times is 0.
func (m *Model) Behave(mode Mode, times int) error {
	if !slices.Contains(Modes(), mode) || times < 0 {
		return fmt.Errorf("behave %q for %d calls: %w", mode, times, errMode)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mode, m.left = mode, times
	return nil
}

// Calls lists the answered calls in order.
func (m *Model) Calls() []Answered {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.calls)
}

// next is the mode for one call.
func (m *Model) next() Mode {
	m.mu.Lock()
	defer m.mu.Unlock()
	mode := m.mode
	if m.left > 0 {
		if m.left--; m.left == 0 {
			m.mode = OK
		}
	}
	return mode
}

func (m *Model) record(a Answered) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls = append(m.calls, a)
}

// foundation lists the models that the account has access to.
var foundation = []string{
	"amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0", "amazon.nova-2-lite-v1:0",
	"anthropic.claude-haiku-4-5-20251001-v1:0",
}

// global begins the profiles that any region may answer.
const global = "global."

// profiled maps the prefix of the inference profiles of a geography to the prefixes of the regions that may call them.
var profiled = map[string][]string{
	"us.": {"us-east-", "us-west-", "ca-central-"}, "us-gov.": {"us-gov-"}, "eu.": {"eu-", "il-"}, "apac.": {"ap-", "me-"},
	"jp.": {"ap-northeast-"}, "au.": {"ap-southeast-"}, "ca.": {"ca-"}, global: {""},
}

// split takes a model id, a profile's id or the ARN of either apart. The profile is empty for a model.
func split(id string) (profile, model string) {
	id = id[strings.LastIndexByte(id, '/')+1:]
	for prefix := range profiled {
		if model, ok := strings.CutPrefix(id, prefix); ok {
			return id, model
		}
	}
	return "", id
}

// callable reports whether the region has the model or the profile.
func (m *Model) callable(id string) bool {
	profile, model := split(id)
	if !slices.Contains(foundation, model) {
		return false
	}
	begin := func(region string) bool { return strings.HasPrefix(m.region, region) }
	return profile == "" || slices.ContainsFunc(profiled[strings.TrimSuffix(profile, model)], begin)
}
