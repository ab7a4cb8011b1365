package smoke_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/cli/smoke"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/objects"
)

// stage is a stage in which a step is reached one second after the one before, as far as it gets.
type stage struct {
	gets    smoke.Step
	marker  pipeline.Marker
	refused string
	// uploaded is what arrived, and when.
	uploaded string
	metadata map[string]string
	at       time.Time
}

func (s *stage) CreateFrom(_ context.Context, _ objects.Ref, body io.ReadSeeker, metadata map[string]string) error {
	if s.gets == "" {
		return objects.ErrDenied
	}
	text, err := io.ReadAll(body)
	s.uploaded, s.metadata, s.at = string(text), metadata, time.Now()
	return err
}

// has reports whether a step has been reached by now.
func (s *stage) has(step smoke.Step) bool {
	order := []smoke.Step{smoke.Uploaded, smoke.Claimed, smoke.Ingested, smoke.Analysed, smoke.Mailed}
	for i, next := range order {
		if next == step {
			return time.Since(s.at) >= time.Duration(i)*time.Second
		}
		if next == s.gets {
			return false
		}
	}
	return false
}

func (s *stage) Open(_ context.Context, r objects.Ref) (*objects.Object, error) {
	text := s.uploaded
	if !strings.HasPrefix(r.Key, pipeline.InputPrefix) {
		if !s.has(smoke.Claimed) {
			return nil, objects.ErrNotFound
		}
		marker := s.marker
		marker.State = pipeline.Started
		if s.has(smoke.Ingested) {
			marker.State = s.marker.State
		}
		encoded, err := json.Marshal(marker)
		if err != nil {
			return nil, err
		}
		text = string(encoded)
	}
	return &objects.Object{Body: io.NopCloser(strings.NewReader(text)), ETag: "etag"}, nil
}

func (s *stage) Get(_ context.Context, id string) (pipeline.Item, error) {
	if !s.has(smoke.Analysed) || id != s.marker.RunID {
		return pipeline.Item{}, analyses.ErrNotFound
	}
	item := pipeline.Item{AnalysisID: id}
	if s.refused != "" {
		item.Delivery = &pipeline.Delivery{State: pipeline.DeliveryFailed, Error: s.refused}
	}
	if s.has(smoke.Mailed) {
		item.Delivery = &pipeline.Delivery{State: pipeline.DeliverySent, MessageID: "message-1"}
	}
	return item, nil
}

func done() pipeline.Marker { return pipeline.Marker{RunID: "run", Smoke: true, State: pipeline.Done} }

// A test tells of each step when it is reached. Where it goes no further, its error names the last step and, as far as
// it can be known, the reason; what can never come is not waited for.
func TestRun(t *testing.T) {
	rejected, unmarked := done(), done()
	rejected.State, unmarked.Smoke = pipeline.Rejected, false
	for name, test := range map[string]struct {
		stage stage
		steps []smoke.Step
		wants string // in the error
		waits bool   // until the time is over
	}{
		"all well": {
			stage: stage{gets: smoke.Mailed, marker: done()},
			steps: []smoke.Step{smoke.Uploaded, smoke.Claimed, smoke.Ingested, smoke.Analysed, smoke.Mailed},
		},
		"no permission": {wants: "not uploaded"},
		"nobody claims": {
			stage: stage{gets: smoke.Uploaded, marker: done()}, steps: []smoke.Step{smoke.Uploaded},
			wants: `"uploaded"`, waits: true,
		},
		"mark unknown": {
			stage: stage{gets: smoke.Mailed, marker: unmarked}, steps: []smoke.Step{smoke.Uploaded}, wants: "does not know the mark",
		},
		"rejected": {
			stage: stage{gets: smoke.Mailed, marker: rejected}, steps: []smoke.Step{smoke.Uploaded, smoke.Claimed},
			wants: "rejected the file",
		},
		"not announced": {
			stage: stage{gets: smoke.Claimed, marker: done()}, steps: []smoke.Step{smoke.Uploaded, smoke.Claimed},
			wants: `"claimed"`, waits: true,
		},
		"not analysed": {
			stage: stage{gets: smoke.Ingested, marker: done()},
			steps: []smoke.Step{smoke.Uploaded, smoke.Claimed, smoke.Ingested}, wants: `"ingested"`, waits: true,
		},
		"refused": {
			stage: stage{gets: smoke.Analysed, marker: done(), refused: "not verified."},
			steps: []smoke.Step{smoke.Uploaded, smoke.Claimed, smoke.Ingested, smoke.Analysed},
			wants: "SES refuses the mail: not verified", waits: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				s := test.stage
				var steps []smoke.Step
				err := (&smoke.Test{
					Name: "data", Bucket: &s, Table: &s, File: []byte("{}"), Extension: ".json",
					Report: func(r smoke.Reached) {
						if r.Seconds < float64(len(steps)) || r.Seconds > float64(len(steps))+0.5 {
							t.Errorf("%s after %g s, want %d", r.Step, r.Seconds, len(steps))
						}
						steps = append(steps, r.Step)
					},
				}).Run(ctx)
				if diff := cmp.Diff(test.steps, steps); diff != "" {
					t.Errorf("steps (-want +got):\n%s", diff)
				}
				if test.wants == "" && err != nil || test.wants != "" && (err == nil || !strings.Contains(err.Error(), test.wants)) {
					t.Errorf("error %v, want %q", err, test.wants)
				}
				if errors.Is(err, context.DeadlineExceeded) != test.waits {
					t.Errorf("error %v, want it to have waited: %t", err, test.waits)
				}
				if s.uploaded != "" && (s.metadata[pipeline.SmokeMetadata] != "true" || strings.TrimSpace(s.uploaded) != "{}" ||
					!pipeline.ValidCorrelationID(s.metadata[pipeline.CorrelationMetadata])) {
					t.Errorf("uploaded %q with %v", s.uploaded, s.metadata)
				}
			})
		})
	}
}
