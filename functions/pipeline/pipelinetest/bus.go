package pipelinetest

import (
	"context"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
)

// Bus is an event bus in memory. It fails its test when two announcements of a run differ, or when an announcement
// names objects that cannot be seen. Each call of Announce is one call to [Faults].
type Bus struct {
	t         testing.TB
	faults    *Faults
	objects   *Objects
	mu        sync.Mutex
	announced []pipeline.IngestorCompleted
}

// NewBus makes a bus for a test whose announcements are about what lies in objects. faults may be nil.
func NewBus(t testing.TB, faults *Faults, objects *Objects) *Bus {
	return &Bus{t: t, faults: faults, objects: objects}
}

// Announce implements [Announcer].
func (b *Bus) Announce(ctx context.Context, done pipeline.IngestorCompleted) error {
	b.t.Helper()
	return b.faults.around("Announce", done.RunID, func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		visible := b.objects.Snapshot(done.Bucket.Name)
		for _, key := range []string{done.Key, done.RejectsKey, done.ProcessedMarker} {
			if _, ok := visible[key]; !ok && key != "" {
				b.t.Errorf("announcement of run %q: object %q is not visible", done.RunID, key)
			}
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, earlier := range b.announced {
			if earlier.RunID == done.RunID && !reflect.DeepEqual(earlier, done) {
				b.t.Errorf("announcement of run %q: differs from an earlier one\n%+v\n%+v", done.RunID, earlier, done)
			}
		}
		b.announced = append(b.announced, done)
		return nil
	})
}

// Announced lists what was put, in order.
func (b *Bus) Announced() []pipeline.IngestorCompleted {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.announced)
}
