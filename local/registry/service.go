package registry

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/mejan/mejan/local/wire"
)

// ECR is the part of ECR's API that says where a repository is and how to log in. The images themselves go by the
// registry's own protocol.
type ECR struct {
	Account, Region string
	// Address is the host and port of the registry.
	Address string
	// Repositories lists the names of the repositories that the program made.
	Repositories func() []string
}

// maxRequest bounds a request, in bytes.
const maxRequest = 1 << 20

// Name is ECR's signing name.
func (ECR) Name() string { return "ecr" }

// Read understands DescribeRepositories and GetAuthorizationToken.
func (e ECR) Read(r *http.Request) (wire.Call, *wire.Error) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "AmazonEC2ContainerRegistry_V20150921.")
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest))
	if err != nil {
		return wire.Call{}, badRequest("SerializationException", err.Error())
	}
	call := wire.Call{Operation: operation}
	switch operation {
	case "DescribeRepositories":
		var input struct {
			RepositoryNames []string `json:"repositoryNames"`
		}
		if err := json.Unmarshal(body, &input); err != nil {
			return wire.Call{}, badRequest("SerializationException", err.Error())
		}
		names := input.RepositoryNames
		if len(names) == 0 {
			names = e.Repositories()
		}
		for _, name := range names {
			call.Needs = append(call.Needs, wire.Permission{Action: "ecr:DescribeRepositories", Resource: e.arn(name)})
		}
		call.Input = names
	case "GetAuthorizationToken":
		call.Needs = []wire.Permission{{Action: "ecr:GetAuthorizationToken", Resource: "*"}}
	default:
		return wire.Call{}, badRequest("UnknownOperationException",
			fmt.Sprintf("the local cloud has no operation %q of ECR", operation))
	}
	return call, nil
}

func badRequest(code, message string) *wire.Error {
	return &wire.Error{Status: http.StatusBadRequest, Code: code, Message: message}
}

func (e ECR) arn(name string) string {
	return "arn:aws:ecr:" + e.Region + ":" + e.Account + ":repository/" + name
}

// Serve answers a call that Read made.
func (e ECR) Serve(w http.ResponseWriter, _ *http.Request, c wire.Call) {
	if c.Operation == "GetAuthorizationToken" {
		answer(w, http.StatusOK, map[string]any{"authorizationData": []any{map[string]any{
			"authorizationToken": base64.StdEncoding.EncodeToString([]byte("AWS:local")),
			"expiresAt":          float64(time.Now().Add(12 * time.Hour).Unix()),
			"proxyEndpoint":      "http://" + e.Address,
		}}})
		return
	}
	known := map[string]bool{}
	for _, name := range e.Repositories() {
		known[name] = true
	}
	found := []any{}
	names, _ := c.Input.([]string)
	for _, name := range names {
		if !known[name] {
			e.Fail(w, badRequest("RepositoryNotFoundException", fmt.Sprintf(
				"The repository with name '%s' does not exist in the registry with id '%s'", name, e.Account)))
			return
		}
		found = append(found, map[string]any{
			"registryId": e.Account, "repositoryName": name, "repositoryArn": e.arn(name),
			"repositoryUri": e.Address + "/" + name, "imageTagMutability": "IMMUTABLE",
		})
	}
	answer(w, http.StatusOK, map[string]any{"repositories": found})
}

// Fail writes an error as ECR does.
func (ECR) Fail(w http.ResponseWriter, e *wire.Error) { wire.FailJSON11(w, e) }

func answer(w http.ResponseWriter, status int, body any) {
	wire.Answer(w, status, wire.JSON11, body)
}
