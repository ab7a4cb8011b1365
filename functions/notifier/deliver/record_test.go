package deliver_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mejan/mejan/functions/notifier/deliver"
	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// deaf is a ledger that does not take the end of a claim.
type deaf struct {
	deliver.Ledger
	err   error
	tries int
}

func (d *deaf) Sent(context.Context, analyses.Claim, string, time.Time) error {
	d.tries++
	return d.err
}

// The record of a report that was sent is tried some times and not for ever, and only where another try may help. A
// claim that went to another attempt is that attempt's to settle.
func TestRecordGivesUp(t *testing.T) {
	down := errors.New("table is down")
	for _, test := range []struct {
		err   error
		tries int
		want  error
	}{
		{down, 4, down},
		{analyses.ErrNotFound, 1, analyses.ErrNotFound},
		{analyses.ErrClaimLost, 1, nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, nil)
			w.store()
			ledger := &deaf{Ledger: w.table, err: test.err}
			w.courier = deliver.Courier{Ledger: ledger, Mailer: pipelinetest.NewMailbox(t, nil)}
			receipt, err := w.invoke(time.Minute)
			if !errors.Is(err, test.want) || (err == nil) != (receipt.MessageID != "") {
				t.Errorf("%v: got %+v, error %v, want %v", test.err, receipt, err, test.want)
			}
			if ledger.tries != test.tries {
				t.Errorf("%v: tried %d times, want %d", test.err, ledger.tries, test.tries)
			}
		})
	}
}
