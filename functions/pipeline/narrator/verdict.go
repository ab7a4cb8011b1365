package narrator

import (
	"errors"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/mejan/mejan/functions/pipeline"
)

// verdict says whether asking again may help: [pipeline.ErrModelBusy], or [pipeline.ErrModelDenied]. What is not an
// answer of the service (a reset, a timeout) may help.
func verdict(err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return pipeline.ErrModelBusy
	}
	var throttled *types.ThrottlingException
	switch {
	case errors.As(err, &throttled) && daily(api.ErrorMessage()):
		return pipeline.ErrModelDenied
	case busyCodes[api.ErrorCode()]:
		return pipeline.ErrModelBusy
	case deniedCodes[api.ErrorCode()]:
		return pipeline.ErrModelDenied
	}
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		status := response.HTTPStatusCode()
		if status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status >= 500 {
			return pipeline.ErrModelBusy
		}
	}
	return pipeline.ErrModelDenied
}

// Error codes of Converse, by whether asking again may help. Any other is judged by its HTTP status.
var (
	busyCodes = map[string]bool{
		"ThrottlingException":         true,
		"ModelNotReadyException":      true,
		"ModelTimeoutException":       true,
		"ModelErrorException":         true, // 424: the model failed while it worked on the request
		"InternalServerException":     true,
		"ServiceUnavailableException": true,
	}
	deniedCodes = map[string]bool{
		"AccessDeniedException":         true,
		"ValidationException":           true,
		"ResourceNotFoundException":     true,
		"ServiceQuotaExceededException": true,
	}
)

// daily reports whether a throttling message is about the quota of a day, such as "Too many tokens per day, please
// wait before trying again.": a few seconds do not help.
func daily(message string) bool {
	message = strings.ToLower(message)
	return strings.Contains(message, "per day") || strings.Contains(message, "daily")
}
