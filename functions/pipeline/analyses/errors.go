package analyses

import (
	"errors"
	"fmt"
	"time"
)

// Ways in which a call of [Table] ends that a caller has to tell apart. All else is a fault of the service or the
// network.
var (
	// ErrExists means that an analysis of that id is stored. It is never changed: the first write wins.
	ErrExists = errors.New("analysis exists")
	// ErrInvalid means that the table refuses the item whatever the hour, such as one above 400 KB.
	ErrInvalid = errors.New("table refuses the item")
	// ErrNotFound means that no analysis of that id is stored.
	ErrNotFound = errors.New("analysis not found")
	// ErrSent means that the report was sent; nothing is left to do.
	ErrSent = errors.New("report was sent before")
	// ErrLeased means that another attempt is sending the report and its lease has not run out; see [LeasedError].
	ErrLeased = errors.New("delivery is leased to another attempt")
	// ErrClaimLost means that the claim is no longer the caller's, or was settled in another way.
	ErrClaimLost = errors.New("claim is lost")
)

// LeasedError is the [ErrLeased] that [Table.Claim] returns.
type LeasedError struct {
	// Free is when the claim may be taken over, if it is not settled before.
	Free time.Time
}

func (e LeasedError) Error() string {
	return fmt.Sprintf("%v until %s", ErrLeased, e.Free.UTC().Format(time.RFC3339))
}

// Is makes it an [ErrLeased].
func (LeasedError) Is(target error) bool { return target == ErrLeased }

// leased is the error of a claim that found a lease, whose last second is until.
func leased(until int64) error { return LeasedError{Free: time.Unix(until+1, 0)} }
