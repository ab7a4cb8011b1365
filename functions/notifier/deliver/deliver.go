package deliver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/mail"
)

const (
	// leaseSlack is how long a claim outlasts the invocation that holds it, so that nobody takes over from an attempt that
	// is still alive, whatever the clocks of two machines say. Lambda's longest invocation for us is 60 s.
	leaseSlack = 15 * time.Second
	// leastTime is what must be left of an invocation to begin a delivery: it takes a second, and a claim without the
	// time to send leaves a doubt for nothing.
	leastTime = 15 * time.Second
	// ampleTime is what a caller without a deadline is taken to have.
	ampleTime = 60 * time.Second
	// recordTime is what the sending leaves of an invocation for the record of it.
	recordTime = 5 * time.Second
	// recordTries and recordPause bound the attempts at that record, on top of the SDK's own.
	recordTries = 4
	recordPause = 200 * time.Millisecond
)

// ErrNoTime means that nothing was begun, because too little is left of the invocation.
var ErrNoTime = errors.New("too little time left")

// Ledger is where deliveries are claimed and settled; see [analyses.Table] for its promises.
type Ledger interface {
	Claim(ctx context.Context, id, owner string, now time.Time, lease time.Duration) (analyses.Claim, error)
	Sent(ctx context.Context, c analyses.Claim, messageID string, at time.Time) error
	Failed(ctx context.Context, c analyses.Claim, reason string) error
}

// Mailer sends a message, once. [mail.ErrRefused] says that it was certainly not sent; after any other error nobody
// knows.
type Mailer interface {
	Send(ctx context.Context, m mail.Message) (messageID string, err error)
	// Receivers gives the ids of those whom Send would send m to.
	Receivers(m mail.Message) []string
}

// Courier delivers reports. It may be used concurrently.
type Courier struct {
	Ledger Ledger
	Mailer Mailer
}

// Receipt is how a delivery ended well.
type Receipt struct {
	// MessageID is what the mailer called the message; empty where Before is set.
	MessageID string
	// Attempt is which claim of this report sent it, from 1.
	Attempt int
	// Before means that the report had been sent by an earlier attempt.
	Before bool
}

// Deliver claims the report for owner, which must name this attempt and no other, sends it, and records that. It
// counts EmailsSent, EmailsFailed and EmailsUncertain as they happen, so that a death on the way loses none. After an
// error the report may be given to Deliver again: at once after a refusal ([mail.ErrRefused]), which is recorded, and
// otherwise when the lease has run out, which an [analyses.LeasedError] tells and [Await] waits for.
func (c Courier) Deliver(
	ctx context.Context, owner string, m mail.Message, count func(pipeline.Metric),
) (Receipt, error) {
	claim, err := c.claim(ctx, owner, m.RunID)
	switch {
	case errors.Is(err, analyses.ErrSent):
		return Receipt{Before: true}, nil
	case err != nil:
		return Receipt{}, err
	}
	if claim.TakenOver {
		count(pipeline.EmailsUncertain)
	}
	for _, id := range c.Mailer.Receivers(m) {
		claim.Delivery.Receivers = append(claim.Delivery.Receivers, pipeline.Receiver{ID: id})
	}
	id, err := c.send(ctx, m)
	switch {
	case errors.Is(err, mail.ErrRefused):
		count(pipeline.EmailsFailed)
		reason := err.Error()
		return Receipt{}, errors.Join(err, record(ctx, func() error { return c.Ledger.Failed(ctx, claim, reason) }))
	case err != nil:
		return Receipt{}, fmt.Errorf("it is not known whether the report was sent: %w", err)
	}
	count(pipeline.EmailsSent)
	at := time.Now()
	if err := record(ctx, func() error { return c.Ledger.Sent(ctx, claim, id, at) }); err != nil {
		return Receipt{}, fmt.Errorf("sent as %q: %w", id, err)
	}
	return Receipt{MessageID: id, Attempt: claim.Delivery.Attempts}, nil
}

// claim takes the right to send for longer than ctx lasts.
func (c Courier) claim(ctx context.Context, owner, id string) (analyses.Claim, error) {
	left := remaining(ctx)
	if left < leastTime {
		return analyses.Claim{}, fmt.Errorf("deliver %q: %w", id, ErrNoTime)
	}
	return c.Ledger.Claim(ctx, id, owner, time.Now(), left+leaseSlack)
}

// Await waits until another attempt's lease is free. Where it outlasts ctx, Await waits nevertheless for as long as
// there is time to deliver, and returns [ErrNoTime]: the retry that follows at once would otherwise use up its tries
// before the lease does.
func Await(ctx context.Context, free time.Time) error {
	need, have := time.Until(free), remaining(ctx)-leastTime
	if err := wait(ctx, min(need, have)); err != nil {
		return fmt.Errorf("await the end of a lease: %w", err)
	}
	if need > have {
		return fmt.Errorf("await the end of a lease at %s: %w", free.UTC().Format(time.RFC3339), ErrNoTime)
	}
	return nil
}

// send leaves time to record how it ended.
func (c Courier) send(ctx context.Context, m mail.Message) (string, error) {
	if deadline, bounded := ctx.Deadline(); bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-recordTime))
		defer cancel()
	}
	return c.Mailer.Send(ctx, m)
}

// record insists on settling a claim: without it the next attempt cannot know how this one ended. A claim that was
// lost is another attempt's to settle.
func record(ctx context.Context, settle func() error) error {
	pause := recordPause
	for try := 1; ; try++ {
		err := settle()
		switch {
		case err == nil, errors.Is(err, analyses.ErrClaimLost):
			return nil
		case try == recordTries, errors.Is(err, analyses.ErrNotFound):
			return err
		}
		if wait(ctx, pause) != nil {
			return err
		}
		pause *= 2
	}
}

// remaining is how much time is left until the deadline of ctx.
func remaining(ctx context.Context) time.Duration {
	if deadline, bounded := ctx.Deadline(); bounded {
		return time.Until(deadline)
	}
	return ampleTime
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
