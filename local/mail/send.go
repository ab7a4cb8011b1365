package mail

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/mail"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"github.com/mejan/mejan/local/wire"
)

// Limits of SES API v2.
const (
	maxRecipients  = 50
	maxHeaders     = 15
	maxHeaderName  = 126
	maxHeader      = 996
	maxTag         = 256
	maxMessage     = 40 << 20
	maxAttachments = 500
)

// send accepts a mail, or says why not, in SES's words.
func (o *Outbox) send(in *sesv2.SendEmailInput) (id string, refused *wire.Error) {
	from, e := checkMessage(in)
	if e != nil {
		return "", e
	}
	identity, set, verified := o.sender(from)
	if named := aws.ToString(in.ConfigurationSetName); named != "" {
		set = named
	}
	if set != "" && !o.hasSet(set) {
		return "", &wire.Error{
			Status: http.StatusNotFound, Code: "NotFoundException",
			Message: fmt.Sprintf("Configuration set <%s> does not exist.", set),
		}
	}
	if !verified {
		return "", &wire.Error{
			Status: http.StatusBadRequest, Code: "MessageRejected",
			Message: fmt.Sprintf("Email address is not verified. The following identities failed the check in region %s: %s",
				strings.ToUpper(o.region), identity),
		}
	}
	at := o.now()
	// The form of SES's ids: the region's 0100, the time, a random part.
	id = fmt.Sprintf("0100%012x-%s-000000", at.UnixMilli(), strings.ToLower(rand.Text()))
	m := Message{ID: id, At: at, From: from, ConfigurationSet: set, To: recipients(in), Tags: make(map[string]string)}
	for _, tag := range in.EmailTags {
		m.Tags[aws.ToString(tag.Name)] = aws.ToString(tag.Value)
	}
	var eml []byte
	var err error
	if simple := in.Content.Simple; simple != nil {
		eml, err = compose(id, at, in)
		m.Text, m.HTML = contentOf(simple.Body.Text), contentOf(simple.Body.Html)
		m.Page = page(m.HTML, simple.Attachments)
	} else {
		eml = restamp(in.Content.Raw.Data, id, at)
		m.Text, m.HTML, m.Page, err = bodies(eml)
	}
	if err == nil {
		m.Header, m.Subject, err = parsed(eml)
	}
	switch {
	case err != nil:
		return "", badRequest("%v", err)
	case len(eml) > maxMessage:
		return "", tooLong(len(eml))
	}
	if err := o.store(m, eml); err != nil {
		return "", &wire.Error{
			Status: http.StatusInternalServerError, Code: "InternalServiceErrorException", Message: err.Error(),
		}
	}
	return id, nil
}

func (o *Outbox) hasSet(name string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.sets[name]
}

// checkMessage refuses what SES refuses for its form, and finds the sender's address.
func checkMessage(in *sesv2.SendEmailInput) (from string, e *wire.Error) {
	from, err := senderOf(in)
	if err != nil {
		return "", badRequest("%v", err)
	}
	to := recipients(in)
	switch {
	case len(to) == 0:
		return "", badRequest("Destination should contain at least one recipient")
	case len(to) > maxRecipients:
		return "", badRequest("Recipient count exceeds %d.", maxRecipients)
	}
	for _, address := range slices.Concat(to, in.ReplyToAddresses) {
		if _, err := mail.ParseAddress(address); err != nil {
			return "", badRequest("Illegal address %q: %v", address, err)
		}
	}
	for _, tag := range in.EmailTags {
		if !isTag(aws.ToString(tag.Name)) || !isTag(aws.ToString(tag.Value)) {
			return "", badRequest("Invalid message tag %q: %q", aws.ToString(tag.Name), aws.ToString(tag.Value))
		}
	}
	if in.Content.Simple == nil {
		return from, nil
	}
	return from, checkSimple(in.Content.Simple)
}

func checkSimple(m *types.Message) *wire.Error {
	switch {
	case m.Subject == nil || m.Subject.Data == nil || m.Body == nil:
		return badRequest("Subject and Body are required")
	case contentOf(m.Body.Html) == "" && contentOf(m.Body.Text) == "":
		return badRequest("Body must have Html or Text")
	case strings.ContainsAny(*m.Subject.Data, "\r\n"):
		return badRequest("Subject must not contain control characters")
	case len(m.Headers) > maxHeaders:
		return badRequest("At most %d headers are allowed", maxHeaders)
	case len(m.Attachments) > maxAttachments:
		return badRequest("At most %d attachments are allowed", maxAttachments)
	}
	for _, header := range m.Headers {
		if name, value := aws.ToString(header.Name), aws.ToString(header.Value); !isHeader(name, value) {
			return badRequest("Invalid header %q: %q", name, value)
		}
	}
	size := len(contentOf(m.Body.Html)) + len(contentOf(m.Body.Text))
	for _, a := range m.Attachments {
		if aws.ToString(a.FileName) == "" || len(a.RawContent) == 0 {
			return badRequest("An attachment needs FileName and RawContent")
		}
		size += len(a.RawContent)
	}
	if size > maxMessage {
		return tooLong(size)
	}
	return nil
}

// senderOf is the bare address that a mail comes from: of a raw one without FromEmailAddress, that of its header.
func senderOf(in *sesv2.SendEmailInput) (string, error) {
	from := aws.ToString(in.FromEmailAddress)
	switch content := in.Content; {
	case content == nil || (content.Simple == nil) == (content.Raw == nil):
		return "", fmt.Errorf("content must be Simple or Raw; templates are not known to the local mail service")
	case content.Raw != nil:
		m, err := mail.ReadMessage(strings.NewReader(string(content.Raw.Data)))
		if err != nil {
			return "", fmt.Errorf("the raw message cannot be read: %w", err)
		}
		if from == "" {
			from = m.Header.Get("From")
		}
	}
	address, err := mail.ParseAddress(from)
	if err != nil {
		return "", fmt.Errorf("illegal FromEmailAddress %q: %w", from, err)
	}
	return address.Address, nil
}

// recipients lists every recipient's bare address: of a raw mail without a destination, those of its header.
func recipients(in *sesv2.SendEmailInput) []string {
	var lists []string
	if d := in.Destination; d != nil {
		lists = slices.Concat(d.ToAddresses, d.CcAddresses, d.BccAddresses)
	}
	if raw := in.Content.Raw; raw != nil && len(lists) == 0 {
		if m, err := mail.ReadMessage(strings.NewReader(string(raw.Data))); err == nil {
			lists = slices.Concat(m.Header["To"], m.Header["Cc"], m.Header["Bcc"])
		}
	}
	var bare []string
	for _, list := range lists {
		addresses, err := mail.ParseAddressList(list)
		if err != nil {
			bare = append(bare, list)
		}
		for _, address := range addresses {
			bare = append(bare, address.Address)
		}
	}
	return bare
}

// reserved are the fields that SES writes itself.
var reserved = []string{
	"bcc", "cc", "content-disposition", "content-transfer-encoding", "content-type", "date", "from", "message-id",
	"mime-version", "reply-to", "return-path", "subject", "to",
}

func isHeader(name, value string) bool {
	printable := func(s string, least byte) bool {
		for i := range len(s) {
			if s[i] < least || s[i] > '~' {
				return false
			}
		}
		return s != ""
	}
	return printable(name, '!') && printable(value, ' ') && !strings.Contains(name, ":") && len(name) <= maxHeaderName &&
		len(name)+len(value) <= maxHeader && !slices.Contains(reserved, strings.ToLower(name))
}

func isTag(s string) bool {
	ok := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-'
	}
	return s != "" && len(s) <= maxTag && !strings.ContainsFunc(s, func(r rune) bool { return !ok(r) })
}

func contentOf(c *types.Content) string {
	if c == nil {
		return ""
	}
	return aws.ToString(c.Data)
}

func tooLong(size int) *wire.Error {
	return &wire.Error{
		Status: http.StatusBadRequest, Code: "MessageRejected",
		Message: fmt.Sprintf("Message length is more than %d bytes long: '%d'.", maxMessage, size),
	}
}

func badRequest(format string, args ...any) *wire.Error {
	return &wire.Error{
		Status: http.StatusBadRequest, Code: "BadRequestException", Message: fmt.Sprintf(format, args...),
	}
}
