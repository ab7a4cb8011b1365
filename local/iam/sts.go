package iam

import (
	"encoding/xml"
	"fmt"
	"net/http"

	"github.com/mejan/mejan/local/wire"
)

// STS is the service that tells callers who they are.
type STS struct{ Account string }

// Name implements [wire.Service].
func (STS) Name() string { return "sts" }

// Read implements [wire.Service]. Everybody may ask who they are.
func (STS) Read(r *http.Request) (wire.Call, *wire.Error) {
	if err := r.ParseForm(); err != nil {
		return wire.Call{}, &wire.Error{Status: http.StatusBadRequest, Code: "MalformedInput", Message: err.Error()}
	}
	operation := r.Form.Get("Action")
	if operation != "GetCallerIdentity" {
		return wire.Call{}, &wire.Error{
			Status: http.StatusBadRequest, Code: "InvalidAction",
			Message: fmt.Sprintf("the local cloud has no operation %q", operation),
		}
	}
	return wire.Call{Operation: operation}, nil
}

// Serve implements [wire.Service].
func (s STS) Serve(w http.ResponseWriter, r *http.Request, _ wire.Call) {
	type result struct{ Arn, UserId, Account string }
	arn := wire.Caller(r.Context()).ARN
	writeXML(w, http.StatusOK, struct {
		XMLName xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ GetCallerIdentityResponse"`
		Result  result   `xml:"GetCallerIdentityResult"`
	}{Result: result{Arn: arn, UserId: arn, Account: s.Account}})
}

// Fail implements [wire.Service].
func (STS) Fail(w http.ResponseWriter, e *wire.Error) {
	type fault struct{ Type, Code, Message string }
	writeXML(w, e.Status, struct {
		XMLName   xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ ErrorResponse"`
		Error     fault
		RequestID string `xml:"RequestId"`
	}{Error: fault{Type: "Sender", Code: e.Code, Message: e.Message}, RequestID: wire.RequestID(w)})
}

func writeXML(w http.ResponseWriter, status int, body any) {
	text, err := xml.Marshal(body)
	if err != nil {
		panic(fmt.Sprintf("marshal %T: %v", body, err)) // The shapes above always marshal.
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
