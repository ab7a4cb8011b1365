package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/notifier/deliver"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/mail"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

const run = "20180212T063000Z-00bb60591543"

var message = mail.Message{RunID: run, CorrelationID: "4bf92f", Subject: "Market", HTML: "<p>up</p>", Text: "up"}

// world is a table with one analysis and a mailbox, with faults in between. Its time is that of a synctest bubble.
type world struct {
	t        *testing.T
	table    *pipelinetest.Analyses
	box      *pipelinetest.Mailbox
	courier  deliver.Courier
	attempts int

	mu      sync.Mutex
	metrics map[string]int
}

func newWorld(t *testing.T, faults *pipelinetest.Faults) *world {
	t.Helper()
	w := &world{t: t, metrics: map[string]int{}}
	w.table, w.box = pipelinetest.NewAnalyses(t, faults), pipelinetest.NewMailbox(t, faults)
	w.courier = deliver.Courier{Ledger: w.table, Mailer: w.box}
	return w
}

// store puts the analysis; with faults set it would be one of their calls, so tests that count calls shift by one.
func (w *world) store() {
	w.t.Helper()
	if err := w.table.Create(w.t.Context(), pipelinetest.Analysis(run)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) count(m pipeline.Metric) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.metrics[m.Name]++
}

// invoke is one invocation of the function, with the time that it may run. Like the function it waits for a lease.
func (w *world) invoke(limit time.Duration) (deliver.Receipt, error) {
	ctx, cancel := context.WithTimeout(w.t.Context(), limit)
	defer cancel()
	w.mu.Lock()
	w.attempts++
	owner := fmt.Sprintf("request-%d/1", w.attempts)
	w.mu.Unlock()
	receipt, err := w.courier.Deliver(ctx, owner, message, w.count)
	var leased analyses.LeasedError
	if !errors.As(err, &leased) {
		return receipt, err
	}
	if err := deliver.Await(ctx, leased.Free); err != nil {
		return deliver.Receipt{}, err
	}
	return w.courier.Deliver(ctx, owner, message, w.count)
}

// delivery is what the ledger says.
func (w *world) delivery() pipeline.Delivery {
	w.t.Helper()
	if d := w.table.Items()[0].Delivery; d != nil {
		return *d
	}
	return pipeline.Delivery{}
}

// create is the call that stores the analysis; the calls of a delivery follow it.
const create = 1

// Whatever call breaks, before its effect or behind it, alone or because the function dies there: the report arrives,
// the ledger says so in the end, and a second copy goes out only where the mailer accepted the first and nobody could
// record it, which is counted.
func TestEachFault(t *testing.T) {
	const claim, send, sent = create + 1, create + 2, create + 3
	for _, test := range []struct {
		name          string
		faults        *pipelinetest.Faults
		copies        int
		uncertain     int
		diedUnheard   bool // the mailer's answer is lost with the function
		wantOKAtFirst bool
	}{
		{"no fault", &pipelinetest.Faults{}, 1, 0, false, true},
		{"claim fails", pipelinetest.FailAt(claim, false), 1, 0, false, false},
		{"claim's answer is lost", pipelinetest.FailAt(claim, true), 1, 1, false, false},
		{"sending fails", pipelinetest.FailAt(send, false), 1, 1, false, false},
		{"mailer's answer is lost", pipelinetest.FailAt(send, true), 2, 1, false, false},
		{"record fails", pipelinetest.FailAt(sent, false), 1, 0, false, true},
		{"record's answer is lost", pipelinetest.FailAt(sent, true), 1, 0, false, true},
		{"death before the claim", pipelinetest.CrashAt(claim, false), 1, 0, false, false},
		{"death behind the claim", pipelinetest.CrashAt(claim, true), 1, 1, false, false},
		{"death before sending", pipelinetest.CrashAt(send, false), 1, 1, false, false},
		{"death behind sending", pipelinetest.CrashAt(send, true), 2, 1, false, false},
		{"death before the record", pipelinetest.CrashAt(sent, false), 2, 1, true, false},
		{"death behind the record", pipelinetest.CrashAt(sent, true), 1, 0, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, test.faults)
				w.store()
				if test.diedUnheard {
					w.box.Forgive(run)
				}
				_, err := w.invoke(time.Minute)
				if (err == nil) != test.wantOKAtFirst {
					t.Errorf("first invocation: %v; want success %t", err, test.wantOKAtFirst)
				}
				test.faults.Revive()
				for range 2 {
					if _, err = w.invoke(time.Minute); err == nil {
						break
					}
				}
				if err != nil {
					t.Errorf("last invocation: %v", err)
				}
				if got := len(w.box.Accepted()); got != test.copies {
					t.Errorf("%d copies, want %d", got, test.copies)
				}
				if got := w.metrics["EmailsUncertain"]; got != test.uncertain {
					t.Errorf("EmailsUncertain %d, want %d", got, test.uncertain)
				}
				if got := w.metrics["EmailsFailed"]; got != 0 {
					t.Errorf("EmailsFailed %d, want 0", got)
				}
				d := w.delivery()
				if len(d.Receivers) != 1 || d.Receivers[0].State != d.State || d.Receivers[0].MessageID != d.MessageID {
					t.Errorf("receivers: %+v of %+v", d.Receivers, d)
				}
				if d.State != pipeline.DeliverySent || d.MessageID != fmt.Sprintf("message-%d", test.copies) {
					t.Errorf("ledger: %+v", d)
				}
			})
		})
	}
}

// A report that was sent is not sent again, however often its record comes.
func TestSentBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.store()
		first, err := w.invoke(time.Minute)
		if diff := cmp.Diff(deliver.Receipt{MessageID: "message-1", Attempt: 1}, first); diff != "" || err != nil {
			t.Errorf("first: %v\n%s", err, diff)
		}
		for range 3 {
			again, err := w.invoke(time.Minute)
			if diff := cmp.Diff(deliver.Receipt{Before: true}, again); diff != "" || err != nil {
				t.Errorf("again: %v\n%s", err, diff)
			}
		}
		if diff := cmp.Diff(map[string]int{"EmailsSent": 1}, w.metrics); diff != "" {
			t.Errorf("metrics (-want +got):\n%s", diff)
		}
	})
}

// thinking is a mailer that takes a second, so that attempts overlap.
type thinking struct{ deliver.Mailer }

func (m thinking) Send(ctx context.Context, message mail.Message) (string, error) {
	time.Sleep(time.Second)
	return m.Mailer.Send(ctx, message)
}

// Of many attempts at the same time one sends; the others wait for it, and end well or without effect.
func TestManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.store()
		w.courier.Mailer = thinking{w.box}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, err := w.invoke(time.Minute); err != nil && !errors.Is(err, deliver.ErrNoTime) {
					t.Errorf("invocation: %v", err)
				}
			})
		}
		all.Wait()
		if receipt, err := w.invoke(time.Minute); err != nil || !receipt.Before {
			t.Errorf("afterwards: %+v, %v", receipt, err)
		}
		if diff := cmp.Diff(map[string]int{"EmailsSent": 1}, w.metrics); diff != "" {
			t.Errorf("metrics (-want +got):\n%s", diff)
		}
	})
}

// A refusal is certain: it is recorded with its reason, counted, and the next attempt needs no patience and has no
// doubt.
func TestRefusal(t *testing.T) {
	for _, refusal := range []error{mail.ErrRefused, mail.ErrRefusedForNow} {
		synctest.Test(t, func(t *testing.T) {
			faults := &pipelinetest.Faults{Before: func(c pipelinetest.Call) error {
				if c.Op == "Send" {
					return fmt.Errorf("%w: not verified", refusal)
				}
				return nil
			}}
			w := newWorld(t, faults)
			w.store()
			if _, err := w.invoke(time.Minute); !errors.Is(err, refusal) {
				t.Errorf("Deliver: %v; want %v", err, refusal)
			}
			if d := w.delivery(); d.State != pipeline.DeliveryFailed || d.Error == "" {
				t.Errorf("ledger: %+v", d)
			}
			faults.Revive()
			start := time.Now()
			receipt, err := w.invoke(time.Minute)
			if err != nil || receipt.Attempt != 2 || time.Since(start) > 0 {
				t.Errorf("next attempt: %+v, %v, after %s", receipt, err, time.Since(start))
			}
			if diff := cmp.Diff(map[string]int{"EmailsFailed": 1, "EmailsSent": 1}, w.metrics); diff != "" {
				t.Errorf("metrics (-want +got):\n%s", diff)
			}
		})
	}
}

// A refusal that cannot be recorded is reported together with why, and ends as a doubt, not as a lost report.
func TestRefusalWithoutRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		faults := &pipelinetest.Faults{Before: func(c pipelinetest.Call) error {
			switch c.Op {
			case "Send":
				return mail.ErrRefused
			case "Failed":
				return pipelinetest.ErrInjected
			}
			return nil
		}}
		w := newWorld(t, faults)
		w.store()
		if _, err := w.invoke(time.Minute); !errors.Is(err, mail.ErrRefused) || !errors.Is(err, pipelinetest.ErrInjected) {
			t.Errorf("Deliver: %v; want both errors", err)
		}
		faults.Revive()
		if _, err := w.invoke(2 * time.Minute); err != nil {
			t.Errorf("next attempt: %v", err)
		}
		if diff := cmp.Diff(map[string]int{"EmailsFailed": 1, "EmailsUncertain": 1, "EmailsSent": 1}, w.metrics); diff != "" {
			t.Errorf("metrics (-want +got):\n%s", diff)
		}
	})
}

// A lease is waited for, over two invocations where one is too short, so that a dead attempt costs few retries. An
// invocation never waits so long that it could not deliver any more.
func TestLeaseIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.store()
		start := time.Now()
		if _, err := w.table.Claim(t.Context(), run, "dead", start, 75*time.Second); err != nil {
			t.Fatal(err)
		}
		if _, err := w.invoke(time.Minute); !errors.Is(err, deliver.ErrNoTime) || time.Since(start) != 45*time.Second {
			t.Errorf("first: %v, after %s; want %v after 45s", err, time.Since(start), deliver.ErrNoTime)
		}
		if _, err := w.invoke(time.Minute); err != nil || time.Since(start) != 76*time.Second {
			t.Errorf("second: %v, after %s; want success after 76s", err, time.Since(start))
		}
	})
}

// A claim outlasts the invocation that holds it, so that a living attempt is never taken over.
func TestLeaseOutlastsInvocation(t *testing.T) {
	for _, limit := range []time.Duration{20 * time.Second, time.Minute, 15 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, nil)
			w.store()
			w.courier.Mailer = slow{}
			end := time.Now().Add(limit)
			if _, err := w.invoke(limit); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Deliver: %v", err)
			}
			if until := time.Unix(w.delivery().LeaseUntil, 0); until.Before(end.Add(15 * time.Second)) {
				t.Errorf("limit %s: lease until %s, the invocation until %s", limit, until, end)
			}
		})
	}
}

// An invocation that is about to be ended begins nothing: a claim that nobody can settle would raise a doubt.
func TestTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.store()
		if _, err := w.invoke(10 * time.Second); !errors.Is(err, deliver.ErrNoTime) {
			t.Errorf("Deliver: %v; want %v", err, deliver.ErrNoTime)
		}
		if d := w.delivery(); d.State != "" {
			t.Errorf("ledger: %+v; want nothing", d)
		}
	})
}

// slow is a mailer that answers when its caller gives up.
type slow struct{}

func (slow) Receivers(mail.Message) []string { return nil }

func (slow) Send(ctx context.Context, _ mail.Message) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

// A mailer that does not answer is given up while there is time to tell, and the claim stays, because nobody knows.
func TestMailerDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.store()
		w.courier.Mailer = slow{}
		start := time.Now()
		if _, err := w.invoke(time.Minute); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Deliver: %v", err)
		}
		if took := time.Since(start); took != 55*time.Second {
			t.Errorf("gave up after %s, want 55s", took)
		}
		if d := w.delivery(); d.State != pipeline.DeliveryClaimed {
			t.Errorf("ledger: %+v; want the claim", d)
		}
	})
}

// A report whose analysis is gone is not mailed.
func TestNoAnalysis(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		if _, err := w.invoke(time.Minute); !errors.Is(err, analyses.ErrNotFound) {
			t.Errorf("Deliver: %v; want %v", err, analyses.ErrNotFound)
		}
	})
}
