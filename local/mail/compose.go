package mail

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"net/mail"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	gomail "github.com/wneessen/go-mail"
)

// messageIDDomain is what SES of us-east-1 puts behind its ids.
const messageIDDomain = "email.amazonses.com"

// compose makes the mail that SES would send for a simple message, as RFC 5322 text.
func compose(id string, at time.Time, in *sesv2.SendEmailInput) ([]byte, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	simple := in.Content.Simple
	problems := []error{m.From(aws.ToString(in.FromEmailAddress))}
	for _, list := range []struct {
		header    gomail.AddrHeader
		addresses []string
	}{
		{gomail.HeaderTo, in.Destination.ToAddresses},
		{gomail.HeaderCc, in.Destination.CcAddresses},
		{gomail.HeaderReplyTo, in.ReplyToAddresses},
	} {
		if len(list.addresses) > 0 {
			problems = append(problems, m.SetAddrHeader(list.header, list.addresses...))
		}
	}
	m.SetMessageIDWithValue(id + "@" + messageIDDomain)
	m.SetDateWithValue(at)
	m.Subject(aws.ToString(simple.Subject.Data))
	for _, header := range simple.Headers {
		m.SetGenHeader(gomail.Header(aws.ToString(header.Name)), aws.ToString(header.Value))
	}
	if text := simple.Body.Text; text != nil {
		m.SetBodyString(gomail.TypeTextPlain, aws.ToString(text.Data))
	}
	if html := simple.Body.Html; html != nil {
		m.AddAlternativeString(gomail.TypeTextHTML, aws.ToString(html.Data))
	}
	for _, a := range simple.Attachments {
		add := m.AttachReader
		options := []gomail.FileOption{gomail.WithFileContentType(gomail.ContentType(contentType(a)))}
		if a.ContentDisposition == types.AttachmentContentDispositionInline {
			add = m.EmbedReader
		}
		if a.ContentId != nil {
			options = append(options, gomail.WithFileContentID("<"+*a.ContentId+">"))
		}
		problems = append(problems, add(aws.ToString(a.FileName), bytes.NewReader(a.RawContent), options...))
	}
	var eml bytes.Buffer
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	_, err := m.WriteTo(&eml)
	return eml.Bytes(), err
}

func contentType(a types.Attachment) string {
	name := aws.ToString(a.FileName)
	return cmp.Or(aws.ToString(a.ContentType), mime.TypeByExtension(name[max(strings.LastIndexByte(name, '.'), 0):]),
		"application/octet-stream")
}

// page builds each attachment that html refers to into it, as a data: URL.
func page(html string, attachments []types.Attachment) string {
	for _, a := range attachments {
		if a.ContentId == nil {
			continue
		}
		data := "data:" + contentType(a) + ";base64," + base64.StdEncoding.EncodeToString(a.RawContent)
		for _, quote := range []string{`"`, `'`} {
			html = strings.ReplaceAll(html, quote+"cid:"+*a.ContentId+quote, quote+data+quote)
		}
	}
	return html
}

// restamp gives a raw mail the Message-ID and Date that SES gives it, whatever it had.
func restamp(raw []byte, id string, at time.Time) []byte {
	head, body, found := bytes.Cut(raw, []byte("\r\n\r\n"))
	end := "\r\n"
	if !found {
		head, body, _ = bytes.Cut(raw, []byte("\n\n"))
		end = "\n"
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "Message-ID: <%s@%s>%sDate: %s%s", id, messageIDDomain, end, at.Format(time.RFC1123Z), end)
	dropping := false
	for line := range strings.SplitSeq(string(head), end) {
		// A line that begins with a blank continues the field before it.
		if !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") {
			name, _, _ := strings.Cut(line, ":")
			dropping = strings.EqualFold(name, "Message-ID") || strings.EqualFold(name, "Date")
		}
		if !dropping {
			out.WriteString(line + end)
		}
	}
	out.WriteString(end)
	out.Write(body)
	return out.Bytes()
}

// bodies finds the text and the HTML of a raw mail, and what the HTML refers to.
func bodies(eml []byte) (text, html, browser string, err error) {
	m, err := gomail.EMLToMsgFromReader(bytes.NewReader(eml))
	if err != nil {
		return "", "", "", err
	}
	for _, part := range m.GetParts() {
		content, err := part.GetContent()
		if err != nil {
			return "", "", "", err
		}
		if kind := part.GetContentType(); kind == gomail.TypeTextPlain {
			text = string(content)
		} else if kind == gomail.TypeTextHTML {
			html = string(content)
		}
	}
	var embedded []types.Attachment
	for _, file := range m.GetEmbeds() {
		var content bytes.Buffer
		if _, err := file.Writer(&content); err != nil {
			return "", "", "", err
		}
		kind, _, _ := mime.ParseMediaType(file.Header.Get("Content-Type"))
		id := strings.Trim(file.Header.Get("Content-Id"), "<>")
		embedded = append(embedded, types.Attachment{
			FileName: &file.Name, ContentId: &id, ContentType: &kind, RawContent: content.Bytes(),
		})
	}
	return text, html, page(html, embedded), nil
}

// parsed reads the header of a mail; every mail that the outbox keeps can be read by others.
func parsed(eml []byte) (mail.Header, string, error) {
	m, err := mail.ReadMessage(bytes.NewReader(eml))
	if err != nil {
		return nil, "", err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	return m.Header, subject, err
}
