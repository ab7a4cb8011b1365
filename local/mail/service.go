package mail

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/go-json-experiment/json"

	"github.com/mejan/mejan/local/wire"
)

// route says which operation a method and path mean. Of a path that ends in a slash, what follows is a name.
type route struct {
	method, path, operation string
	input                   func(name string) any
}

var routes = []route{
	{http.MethodPost, "/v2/email/outbound-emails", "SendEmail", func(string) any { return new(sesv2.SendEmailInput) }},
	{http.MethodPost, "/v2/email/identities", "CreateEmailIdentity", func(string) any {
		return new(sesv2.CreateEmailIdentityInput)
	}},
	{http.MethodGet, "/v2/email/identities/", "GetEmailIdentity", func(name string) any {
		return &sesv2.GetEmailIdentityInput{EmailIdentity: &name}
	}},
	{http.MethodPost, "/v2/email/configuration-sets", "CreateConfigurationSet", func(string) any {
		return new(sesv2.CreateConfigurationSetInput)
	}},
	{http.MethodPut, "/v2/email/suppression/addresses", "PutSuppressedDestination", func(string) any {
		return new(sesv2.PutSuppressedDestinationInput)
	}},
	{http.MethodGet, "/v2/email/suppression/addresses/", "GetSuppressedDestination", func(name string) any {
		return &sesv2.GetSuppressedDestinationInput{EmailAddress: &name}
	}},
	{http.MethodDelete, "/v2/email/suppression/addresses/", "DeleteSuppressedDestination", func(name string) any {
		return &sesv2.DeleteSuppressedDestinationInput{EmailAddress: &name}
	}},
}

// Name is SES's signing name.
func (o *Outbox) Name() string { return "ses" }

// Read understands the operations of the table above.
func (o *Outbox) Read(r *http.Request) (wire.Call, *wire.Error) {
	for _, known := range routes {
		name, ok := strings.CutPrefix(r.URL.EscapedPath(), known.path)
		if r.Method != known.method || !ok || (name != "") != strings.HasSuffix(known.path, "/") {
			continue
		}
		name, err := url.PathUnescape(name)
		if err != nil {
			return wire.Call{}, badRequest("path: %v", err)
		}
		call := wire.Call{Operation: known.operation, Input: known.input(name)}
		body, err := io.ReadAll(r.Body)
		if err == nil && len(body) > 0 {
			err = json.Unmarshal(body, call.Input)
		}
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			return wire.Call{}, tooLong(int(large.Limit))
		case err != nil:
			return wire.Call{}, badRequest("%v", err)
		}
		call.Needs = o.needs(call.Operation, call.Input)
		return call, nil
	}
	return wire.Call{}, &wire.Error{
		Status: http.StatusNotFound, Code: "UnknownOperationException",
		Message: fmt.Sprintf("the local mail service does not know %s %s", r.Method, r.URL.Path),
	}
}

// needs lists what a caller must be granted. A raw mail is an action of its own, also in API v2.
func (o *Outbox) needs(operation string, input any) []wire.Permission {
	in, ok := input.(*sesv2.SendEmailInput)
	if !ok {
		return []wire.Permission{{Action: "ses:" + operation, Resource: "*"}}
	}
	action := "ses:SendEmail"
	if in.Content != nil && in.Content.Raw != nil {
		action = "ses:SendRawEmail"
	}
	from, err := senderOf(in)
	if err != nil {
		return []wire.Permission{{Action: action, Resource: "*"}} // Serve refuses it
	}
	identity, set, _ := o.sender(from)
	needs := []wire.Permission{{Action: action, Resource: o.IdentityARN(identity)}}
	if set = cmp.Or(aws.ToString(in.ConfigurationSetName), set); set != "" {
		needs = append(needs, wire.Permission{Action: action, Resource: o.ConfigurationSetARN(set)})
	}
	return needs
}

// Serve carries out a call that Read made.
func (o *Outbox) Serve(w http.ResponseWriter, _ *http.Request, c wire.Call) {
	var out any = struct{}{}
	var e *wire.Error
	switch in := c.Input.(type) {
	case *sesv2.SendEmailInput:
		var id string
		id, e = o.send(in)
		out = map[string]string{"MessageId": id}
	case *sesv2.CreateEmailIdentityInput:
		e = conflict(o.CreateIdentity(aws.ToString(in.EmailIdentity), aws.ToString(in.ConfigurationSetName)))
		out = map[string]bool{"VerifiedForSendingStatus": true}
	case *sesv2.GetEmailIdentityInput:
		out, e = o.identity(*in.EmailIdentity)
	case *sesv2.CreateConfigurationSetInput:
		e = conflict(o.CreateConfigurationSet(aws.ToString(in.ConfigurationSetName)))
	case *sesv2.PutSuppressedDestinationInput:
		o.Suppress(aws.ToString(in.EmailAddress), string(in.Reason))
	case *sesv2.GetSuppressedDestinationInput:
		out, e = o.suppression(*in.EmailAddress)
	case *sesv2.DeleteSuppressedDestinationInput:
		if _, e = o.suppression(*in.EmailAddress); e == nil {
			o.mu.Lock()
			delete(o.suppressed, canonical(*in.EmailAddress))
			o.mu.Unlock()
		}
	}
	if e != nil {
		o.Fail(w, e)
		return
	}
	answer(w, http.StatusOK, out)
}

func (o *Outbox) identity(name string) (any, *wire.Error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	set, ok := o.identities[canonical(name)]
	if !ok {
		return nil, notFound("Email identity %s does not exist.", name)
	}
	kind := "DOMAIN"
	if strings.Contains(name, "@") {
		kind = "EMAIL_ADDRESS"
	}
	return struct {
		IdentityType             string
		VerifiedForSendingStatus bool
		VerificationStatus       string
		ConfigurationSetName     string `json:",omitempty"`
	}{kind, true, "SUCCESS", set}, nil
}

func (o *Outbox) suppression(address string) (any, *wire.Error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	found, ok := o.suppressed[canonical(address)]
	if !ok {
		return nil, notFound("Email address %s does not exist on your suppression list.", address)
	}
	type destination struct {
		EmailAddress, Reason string
		LastUpdateTime       int64
	}
	return map[string]destination{"SuppressedDestination": {address, found.reason, found.since.Unix()}}, nil
}

func conflict(err error) *wire.Error {
	switch {
	case errors.Is(err, errExists):
		return &wire.Error{Status: http.StatusBadRequest, Code: "AlreadyExistsException", Message: err.Error()}
	case err != nil:
		return notFound("%v", err)
	default:
		return nil
	}
}

func notFound(format string, args ...any) *wire.Error {
	return &wire.Error{Status: http.StatusNotFound, Code: "NotFoundException", Message: fmt.Sprintf(format, args...)}
}

// Fail writes an error of the AWS REST-JSON protocol.
func (o *Outbox) Fail(w http.ResponseWriter, e *wire.Error) {
	w.Header().Set("X-Amzn-ErrorType", e.Code)
	answer(w, cmp.Or(e.Status, http.StatusInternalServerError), map[string]string{"message": e.Message})
}

func answer(w http.ResponseWriter, status int, body any) {
	wire.Answer(w, status, "application/json", body)
}
