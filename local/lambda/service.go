package lambda

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/mejan/mejan/local/wire"
)

// API is the part of Lambda's API that says what a function runs. Functions are deployed by the program alone.
type API struct{ Engine *Engine }

const functionsPath = "/2015-03-31/functions/"

// Name is Lambda's signing name.
func (API) Name() string { return "lambda" }

// Read understands GetFunction.
func (a API) Read(r *http.Request) (wire.Call, *wire.Error) {
	name, found := strings.CutPrefix(r.URL.EscapedPath(), functionsPath)
	name, err := url.PathUnescape(name)
	if !found || err != nil || r.Method != http.MethodGet || name == "" || strings.Contains(name, "/") {
		return wire.Call{}, &wire.Error{
			Status: http.StatusNotImplemented, Code: "NotImplementedException",
			Message: fmt.Sprintf("the local cloud has GetFunction only, not %s %s", r.Method, r.URL.Path),
		}
	}
	name = name[strings.LastIndexByte(name, ':')+1:] // it may be an ARN
	resource := "arn:aws:lambda:*:*:function:" + name
	if f, known := a.Engine.Function(name); known {
		resource = f.ARN
	}
	return wire.Call{
		Operation: "GetFunction", Input: name,
		Needs: []wire.Permission{{Action: "lambda:GetFunction", Resource: resource}},
	}, nil
}

// Serve answers a call that Read made.
func (a API) Serve(w http.ResponseWriter, _ *http.Request, c wire.Call) {
	name, _ := c.Input.(string)
	f, known := a.Engine.Function(name)
	if !known {
		a.Fail(w, &wire.Error{
			Status: http.StatusNotFound, Code: "ResourceNotFoundException", Message: "Function not found: " + name,
		})
		return
	}
	wire.Answer(w, http.StatusOK, "application/json", map[string]any{
		"Configuration": map[string]any{
			"FunctionName": f.Name, "FunctionArn": f.ARN, "PackageType": "Image", "State": "Active",
			"LastUpdateStatus": "Successful", "MemorySize": f.MemoryMB, "Timeout": int(f.Timeout.Seconds()),
		},
		"Code": map[string]any{"RepositoryType": "ECR", "ImageUri": f.ImageURI, "ResolvedImageUri": f.ImageURI},
	})
}

// Fail writes an error as Lambda does.
func (API) Fail(w http.ResponseWriter, e *wire.Error) {
	w.Header().Set("X-Amzn-ErrorType", e.Code)
	status, kind := cmp.Or(e.Status, http.StatusInternalServerError), "User"
	if status >= http.StatusInternalServerError {
		kind = "Service"
	}
	wire.Answer(w, status, "application/json", map[string]string{"Type": kind, "Message": e.Message})
}
