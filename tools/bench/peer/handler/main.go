// Peer is the least that a Go function on Lambda can be. What a function of the pipeline starts slower than this is the
// price of what it does.
package main

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	lambda.Start(func(context.Context, json.RawMessage) error { return nil })
}
