package pipelinetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
)

// AnalysisStore is the analyzer's side of [analyses.Table]; see there for the promises.
type AnalysisStore interface {
	Create(ctx context.Context, item pipeline.Item) error
	Get(ctx context.Context, id string) (pipeline.Item, error)
	Last(ctx context.Context, before pipeline.Item) (pipeline.Item, error)
}

// DeliveryLedger is the notifier's side of [analyses.Table]; see there for the promises.
type DeliveryLedger interface {
	Claim(ctx context.Context, id, owner string, now time.Time, lease time.Duration) (analyses.Claim, error)
	Sent(ctx context.Context, c analyses.Claim, messageID string, at time.Time) error
	Failed(ctx context.Context, c analyses.Claim, reason string) error
}

// AnalysisTable is all of [analyses.Table].
type AnalysisTable interface {
	AnalysisStore
	DeliveryLedger
}

// noon is when the stories below begin; lease is how long their claims last.
var noon = time.Date(2018, 2, 12, 12, 0, 0, 0, time.UTC)

const lease = 75 * time.Second

// AnalysesConformance checks what the functions rely on. Setup gives a table that exists; it may be the same each
// time, and need not be empty.
func AnalysesConformance(t *testing.T, setup func(t *testing.T) AnalysisTable) {
	for name, story := range map[string]func(*testing.T, AnalysisTable, string){
		"round trip":            roundTrip,
		"the first write wins":  firstWriteWins,
		"not there":             notThere,
		"the last report":       lastReport,
		"sent is final":         sentIsFinal,
		"a lease holds":         leaseHolds,
		"a lease is not cut":    leaseIsNotCut,
		"a dead claim is taken": deadClaimIsTaken,
		"refused and again":     refusedAndAgain,
		"own claim again":       ownClaimAgain,
		"settling twice":        settlingTwice,
	} {
		t.Run(name, func(t *testing.T) {
			story(t, setup(t), freshID())
		})
	}
}

// AnalysesRaces checks that a condition and its write are one step. It stands apart because moto looks first and
// writes later.
func AnalysesRaces(t *testing.T, table AnalysisTable) {
	t.Run("one claim of many", func(t *testing.T) { oneClaimOfMany(t, table, freshID()) })
}

// freshID is the id of an analysis that no earlier test has stored: a table may be kept.
func freshID() string { return pipeline.RunID(noon, fmt.Sprintf("%x", time.Now().UnixNano())[4:]) }

// Every field comes back; numbers by value.
func roundTrip(t *testing.T, table AnalysisTable, id string) {
	want := Analysis(id)
	create(t, table, want)
	if diff := cmp.Diff(want, get(t, table, id)); diff != "" {
		t.Errorf("item (-stored +read):\n%s", diff)
	}
}

// Whoever comes second learns it, and changes nothing.
func firstWriteWins(t *testing.T, table AnalysisTable, id string) {
	first, second := Analysis(id), Analysis(id)
	second.ExecutiveSummary = "Another one."
	create(t, table, first)
	if err := table.Create(t.Context(), second); !errors.Is(err, analyses.ErrExists) {
		t.Errorf("second create: got %v, want %v", err, analyses.ErrExists)
	}
	if diff := cmp.Diff(first, get(t, table, id)); diff != "" {
		t.Errorf("item (-first +read):\n%s", diff)
	}
}

// Nothing is invented: an analysis that is not there is neither read nor claimed into being.
func notThere(t *testing.T, table AnalysisTable, id string) {
	if _, err := table.Get(t.Context(), id); !errors.Is(err, analyses.ErrNotFound) {
		t.Errorf("get: got %v, want %v", err, analyses.ErrNotFound)
	}
	_, err := table.Claim(t.Context(), id, "a", noon, lease)
	if !errors.Is(err, analyses.ErrNotFound) {
		t.Errorf("claim: got %v, want %v", err, analyses.ErrNotFound)
	}
	if _, err := table.Get(t.Context(), id); !errors.Is(err, analyses.ErrNotFound) {
		t.Errorf("get after claim: got %v, want %v", err, analyses.ErrNotFound)
	}
}

// Once sent, nobody gets the right to send again, however late; and nothing but the ledger has changed.
func sentIsFinal(t *testing.T, table AnalysisTable, id string) {
	want := Analysis(id)
	create(t, table, want)
	c := claim(t, table, id, "a", noon)
	if c.TakenOver || c.Delivery.Attempts != 1 || c.Delivery.LeaseUntil != noon.Add(lease).Unix() {
		t.Errorf("first claim: got %+v", c)
	}
	sent := noon.Add(1500 * time.Millisecond).In(time.FixedZone("", 60*60))
	c.Delivery.Receivers = []pipeline.Receiver{{ID: "r"}}
	if err := table.Sent(t.Context(), c, "message-1", sent); err != nil {
		t.Fatalf("sent: %v", err)
	}
	if _, err := table.Claim(t.Context(), id, "b", noon.Add(24*time.Hour), lease); !errors.Is(err, analyses.ErrSent) {
		t.Errorf("claim after sent: got %v, want %v", err, analyses.ErrSent)
	}
	if err := table.Failed(t.Context(), c, "too late"); !errors.Is(err, analyses.ErrClaimLost) {
		t.Errorf("failed after sent: got %v, want %v", err, analyses.ErrClaimLost)
	}
	want.Delivery = &pipeline.Delivery{
		State: pipeline.DeliverySent, ClaimedBy: "a", LeaseUntil: noon.Add(lease).Unix(), Attempts: 1,
		MessageID: "message-1", SentAt: &sent,
		Receivers: []pipeline.Receiver{
			{ID: "r", State: pipeline.DeliverySent, MessageID: "message-1", SentAt: &sent},
		},
	}
	got := get(t, table, id)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("item (-want +read):\n%s", diff)
	}
	if at := got.Delivery.SentAt; at != nil && at.Location() != time.UTC {
		t.Errorf("sent at %s, want it in UTC", at)
	}
}

// While a lease runs, to its last second, the claim is its owner's alone.
func leaseHolds(t *testing.T, table AnalysisTable, id string) {
	create(t, table, Analysis(id))
	claim(t, table, id, "a", noon)
	var leased analyses.LeasedError
	for _, later := range []time.Duration{0, time.Second, lease} {
		_, err := table.Claim(t.Context(), id, "b", noon.Add(later), lease)
		if !errors.Is(err, analyses.ErrLeased) || !errors.As(err, &leased) {
			t.Errorf("claim %s later: got %v, want %v", later, err, analyses.ErrLeased)
		}
	}
	claim(t, table, id, "b", leased.Free)
}

// A lease that ends within a second is kept as the whole second after it, so that it never ends early.
func leaseIsNotCut(t *testing.T, table AnalysisTable, id string) {
	create(t, table, Analysis(id))
	for i, now := range []time.Time{noon, noon.Add(time.Nanosecond), noon.Add(time.Second - 1), noon.Add(time.Second)} {
		want := noon.Add(lease + time.Second).Unix()
		if now.Equal(noon) {
			want = noon.Add(lease).Unix()
		}
		c := claim(t, table, id, fmt.Sprintf("attempt-%d", i), now)
		if got := get(t, table, id).Delivery.LeaseUntil; c.Delivery.LeaseUntil != want || got != want {
			t.Errorf("claimed at %s: lease until %d, stored %d, want %d", now, c.Delivery.LeaseUntil, got, want)
		}
		if err := table.Failed(t.Context(), c, "mailbox full"); err != nil { // so that the next attempt may claim
			t.Fatalf("failed: %v", err)
		}
	}
}

// A claim whose owner never said how it ended is taken over, says so, and is no longer its first owner's.
func deadClaimIsTaken(t *testing.T, table AnalysisTable, id string) {
	create(t, table, Analysis(id))
	dead := claim(t, table, id, "a", noon)
	later := noon.Add(lease + time.Second)
	next := claim(t, table, id, "b", later)
	if !next.TakenOver || next.Delivery.Attempts != 2 {
		t.Errorf("claim after a dead one: got %+v, want taken over, attempt 2", next)
	}
	if err := table.Sent(t.Context(), dead, "message-1", later); !errors.Is(err, analyses.ErrClaimLost) {
		t.Errorf("sent by the dead: got %v, want %v", err, analyses.ErrClaimLost)
	}
	if err := table.Sent(t.Context(), next, "message-2", later); err != nil {
		t.Errorf("sent: %v", err)
	}
	if got := get(t, table, id).Delivery.MessageID; got != "message-2" {
		t.Errorf("message id: got %q, want that of the claim's owner", got)
	}
}

// What SES refused was not sent: it is claimed again at once, and nothing is uncertain about it.
func refusedAndAgain(t *testing.T, table AnalysisTable, id string) {
	create(t, table, Analysis(id))
	if err := table.Failed(t.Context(), claim(t, table, id, "a", noon), strings.Repeat("x", 2000)); err != nil {
		t.Fatalf("failed: %v", err)
	}
	if got := get(t, table, id).Delivery; got.State != pipeline.DeliveryFailed || len(got.Error) != analyses.MaxError {
		t.Errorf("delivery: got %+v, want failed with %d bytes of reason", got, analyses.MaxError)
	}
	next := claim(t, table, id, "b", noon.Add(time.Second))
	if next.TakenOver || next.Delivery.Attempts != 2 {
		t.Errorf("claim after a refusal: got %+v, want attempt 2, not taken over", next)
	}
	if got := get(t, table, id).Delivery; got.Error != "" || got.State != pipeline.DeliveryClaimed {
		t.Errorf("delivery: got %+v, want a claim without the old error", got)
	}
	if err := table.Failed(t.Context(), next, "mailbox full"); err != nil {
		t.Fatalf("failed: %v", err)
	}
	// The same attempt with the same lease: what is stored is the end of its claim, and not the claim.
	again := claim(t, table, id, "b", noon.Add(time.Second))
	if got := get(t, table, id).Delivery; again.Delivery.Attempts != 3 || got.State != pipeline.DeliveryClaimed {
		t.Errorf("claim after its own refusal: got %+v, stored %+v, want attempt 3", again, got)
	}
}

// The same attempt with the same lease is what a claim looks like whose answer was lost: it is still the caller's,
// once.
func ownClaimAgain(t *testing.T, table AnalysisTable, id string) {
	create(t, table, Analysis(id))
	first := claim(t, table, id, "a", noon)
	if diff := cmp.Diff(first, claim(t, table, id, "a", noon)); diff != "" {
		t.Errorf("claim again (-first +second):\n%s", diff)
	}
	if got := get(t, table, id).Delivery.Attempts; got != 1 {
		t.Errorf("attempts: got %d, want 1", got)
	}
	_, err := table.Claim(t.Context(), id, "a", noon.Add(time.Second), lease)
	if !errors.Is(err, analyses.ErrLeased) {
		t.Errorf("claim by the same attempt with another lease: got %v, want %v", err, analyses.ErrLeased)
	}
}

// Recording an end twice, as after a lost answer, is no fault.
func settlingTwice(t *testing.T, table AnalysisTable, id string) {
	create(t, table, Analysis(id))
	c := claim(t, table, id, "a", noon)
	for range 2 {
		if err := table.Failed(t.Context(), c, "mailbox full"); err != nil {
			t.Errorf("failed: %v", err)
		}
	}
	c = claim(t, table, id, "b", noon)
	for range 2 {
		if err := table.Sent(t.Context(), c, "message-1", noon); err != nil {
			t.Errorf("sent: %v", err)
		}
	}
}

// Of many attempts at the same time one gets the claim, and the others learn that it is taken.
func oneClaimOfMany(t *testing.T, table AnalysisTable, id string) {
	create(t, table, Analysis(id))
	const attempts = 8
	got := make([]error, attempts)
	var all sync.WaitGroup
	for i := range attempts {
		all.Go(func() { _, got[i] = table.Claim(t.Context(), id, fmt.Sprintf("attempt-%d", i), noon, lease) })
	}
	all.Wait()
	won := 0
	for i, err := range got {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, analyses.ErrLeased):
			t.Errorf("attempt %d: got %v, want %v", i, err, analyses.ErrLeased)
		}
	}
	if won != 1 {
		t.Errorf("claims won: got %d, want 1", won)
	}
}

func create(t *testing.T, table AnalysisTable, item pipeline.Item) {
	t.Helper()
	if err := table.Create(t.Context(), item); err != nil {
		t.Fatalf("create: %v", err)
	}
}

func get(t *testing.T, table AnalysisTable, id string) pipeline.Item {
	t.Helper()
	item, err := table.Get(t.Context(), id)
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	return item
}

func claim(t *testing.T, table AnalysisTable, id, owner string, now time.Time) analyses.Claim {
	t.Helper()
	c, err := table.Claim(t.Context(), id, owner, now, lease)
	if err != nil {
		t.Fatalf("claim by %q: %v", owner, err)
	}
	return c
}
