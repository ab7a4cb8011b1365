package mail

import (
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

var (
	// ErrRefused means that the mail was certainly not sent, so that sending it again cannot make a second copy.
	ErrRefused = errors.New("refused, not sent")
	// ErrRefusedForNow is an [ErrRefused] whose cause passes by itself: a rate, a quota, a pause, no connection. Any other
	// refusal lasts until someone changes the message or the account.
	ErrRefusedForNow = fmt.Errorf("%w for now", ErrRefused)
)

// classify adds to an error of SendEmail what it says about the mail. An answer with a status of 4xx is SES's own word
// that it did not take the message. After anything else (5xx, a lost answer, a deadline) the mail may be on its way.
func classify(err error) error {
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return fmt.Errorf("%w: %w", ErrRefusedForNow, err)
	}
	var unsendable *smithy.InvalidParamsError
	if errors.As(err, &unsendable) {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	var response *smithyhttp.ResponseError
	if !errors.As(err, &response) {
		return err
	}
	switch status := response.HTTPStatusCode(); {
	case status < 400, status > 499, status == http.StatusRequestTimeout:
		return err
	case status == http.StatusTooManyRequests, passes(err):
		return fmt.Errorf("%w: %w", ErrRefusedForNow, err)
	default:
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
}

// passes reports whether SES names a cause that goes away without anybody changing the message.
func passes(err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	switch api.ErrorCode() {
	case "TooManyRequestsException", "ThrottlingException", "Throttling",
		"LimitExceededException", "SendingPausedException":
		return true
	default:
		return false
	}
}
