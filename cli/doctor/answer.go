package doctor

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// Codes of AWS errors, as the services that are asked here spell them.
var (
	deniedCodes = []string{
		"AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException", "NotAuthorized",
		"UnauthorizedOperation",
	}
	credentialCodes = []string{
		"ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "InvalidClientTokenId", "InvalidSignatureException",
		"InvalidToken", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "RequestExpired",
		"SignatureDoesNotMatch", "UnrecognizedClientException",
	}
	notFoundCodes = []string{
		"NotFound", "NotFoundException", "RepositoryNotFoundException", "ResourceNotFoundException",
	}
)

// failed turns the error of a question to AWS into a finding. action is the IAM action that the question needs.
func (s *Subject) failed(err error, action string) Finding {
	code, text := "", err.Error()
	if fault := smithy.APIError(nil); errors.As(err, &fault) {
		code, text = fault.ErrorCode(), fault.ErrorCode()+": "+fault.ErrorMessage()
	}
	_, throttled := retry.DefaultThrottleErrorCodes[code]
	var response *awshttp.ResponseError
	// The SDK makes a response of status 0 when none came.
	answered := errors.As(err, &response) && response.HTTPStatusCode() != 0
	switch {
	case slices.Contains(deniedCodes, code):
		return unknown("allow "+action, "%s was denied: %s", action, text)
	case slices.Contains(credentialCodes, code):
		return problem(s.loginCommand()+"; set the clock when it is wrong; enable "+s.Where.Region+
			" when the account has not", "AWS refuses the credentials: %s", text)
	case throttled, answered && response.HTTPStatusCode() == http.StatusTooManyRequests:
		return unknown("try again in a minute", "AWS throttles %s: %s", action, text)
	case answered && response.HTTPStatusCode() >= http.StatusInternalServerError:
		return unknown("try again; https://health.aws.amazon.com/health/status", "AWS failed at %s: %s", action, text)
	case answered:
		return unknown("", "AWS refuses %s: %s", action, text)
	case errors.Is(err, context.DeadlineExceeded):
		return unknown("look at the network and at HTTPS_PROXY", "AWS did not answer %s in time", action)
	}
	return unknown("look at the network and at HTTPS_PROXY", "AWS cannot be reached for %s: %s", action, lastCause(text))
}

// notFound reports whether AWS answered that there is no such thing.
func notFound(err error) bool {
	var fault smithy.APIError
	return errors.As(err, &fault) && slices.Contains(notFoundCodes, fault.ErrorCode())
}

// lastCause cuts what the SDK puts before the error of the network.
func lastCause(text string) string {
	if at := strings.LastIndex(text, "request send failed, "); at >= 0 {
		return text[at+len("request send failed, "):]
	}
	return text
}
