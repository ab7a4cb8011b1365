package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
)

// mailAccount is what SES says of an account in a region.
type mailAccount struct {
	sandbox           bool
	perDay, sentToday float64
}

func findMailing(ctx context.Context, s *Subject) Finding {
	got, err := sesv2.NewFromConfig(s.config).GetAccount(ctx, &sesv2.GetAccountInput{})
	if err != nil {
		return s.failed(err, "ses:GetAccount")
	}
	s.mail = mailAccount{sandbox: !got.ProductionAccessEnabled}
	if got.SendQuota != nil {
		s.mail.perDay, s.mail.sentToday = got.SendQuota.Max24HourSend, got.SendQuota.SentLast24Hours
	}
	page := s.sesPage("account")
	status := aws.ToString(got.EnforcementStatus)
	switch {
	case !got.SendingEnabled, status == "SHUTDOWN":
		return problem("answer the case that AWS has opened: "+page, "SES has stopped the account from sending (%s)", status)
	case status == "PROBATION":
		return warning("look at bounces and complaints: "+page, "SES reviews the account, and may stop it from sending")
	case s.mail.sandbox:
		return warning("ask for production access: "+page,
			"the account is in the sandbox: it sends to verified addresses only")
	}
	return ok("production access")
}

func (s *Subject) sesPage(part string) string {
	return "https://" + s.Where.Region + ".console.aws.amazon.com/ses/home?region=" + s.Where.Region + "#/" + part
}

func findSender(ctx context.Context, s *Subject) Finding {
	sender := s.settings.SenderEmail
	state, bad := s.verified(ctx, sender)
	switch {
	case bad != nil:
		return *bad
	case state == identityMissing:
		return problem("make foundation STAGE="+s.Stage+", then open the link in the mail that SES sends to it",
			"SES does not know the sender %s", sender)
	case state == identityPending:
		return problem("open the link in the mail that SES has sent to it; "+s.resend(sender),
			"the sender %s is not verified", sender)
	}
	return ok("%s is verified", sender)
}

// findReceivers looks for receivers that the sandbox would refuse. SES refuses a whole message for one of them.
func findReceivers(ctx context.Context, s *Subject) Finding {
	if !s.mail.sandbox {
		return ok("%d, which need not be verified", len(s.settings.ReceiverEmails))
	}
	var refused, remedies []string
	receivers := s.settings.ReceiverEmails
	if test := s.settings.TestReceiverEmail; !strings.HasSuffix(test, mailSimulator) && !slices.Contains(receivers, test) {
		receivers = append(slices.Clone(receivers), test)
	}
	for _, receiver := range receivers {
		state, bad := s.verified(ctx, receiver)
		switch {
		case bad != nil:
			return *bad
		case state == identityMissing:
			refused = append(refused, receiver)
			remedies = append(remedies, "aws sesv2 create-email-identity --region "+s.Where.Region+" --email-identity "+receiver)
		case state == identityPending:
			refused = append(refused, receiver)
			remedies = append(remedies, s.resend(receiver))
		}
	}
	if len(refused) > 0 {
		return problem(strings.Join(remedies, "\n")+"\nthen open the link in the mail that SES sends, or leave the sandbox",
			"in the sandbox each receiver must be verified, and these are not: %s", strings.Join(refused, ", "))
	}
	return ok("%d, all verified", len(receivers))
}

// mailSimulator ends the addresses of SES's mailbox simulator, which the sandbox takes without verification.
const mailSimulator = "@simulator.amazonses.com"

// resend sends the mail of the verification again: SES does so when the identity is made anew.
func (s *Subject) resend(address string) string {
	return "to get it again: " + s.sesPage("identities/"+address)
}

// identity is what SES knows of an address.
type identity uint8

const (
	identityMissing identity = iota
	identityPending
	identityVerified
)

// verified asks for an address, and for its domain, which verifies all its addresses. The finding is set when SES does
// not answer.
func (s *Subject) verified(ctx context.Context, address string) (identity, *Finding) {
	client := sesv2.NewFromConfig(s.config)
	best := identityMissing
	_, domain, _ := strings.Cut(address, "@")
	for _, name := range []string{address, domain} {
		got, err := client.GetEmailIdentity(ctx, &sesv2.GetEmailIdentityInput{EmailIdentity: aws.String(name)})
		switch {
		case notFound(err):
		case err != nil:
			bad := s.failed(err, "ses:GetEmailIdentity")
			return best, &bad
		case got.VerifiedForSendingStatus:
			return identityVerified, nil
		case name == address:
			best = identityPending
		}
	}
	return best, nil
}

func findMailQuota(_ context.Context, s *Subject) Finding {
	receivers, quota := float64(len(s.settings.ReceiverEmails)), s.mail
	// SES counts receivers, not messages; -1 means without limit.
	text := fmt.Sprintf("%.0f of %.0f mails of the last 24 hours are sent", quota.sentToday, quota.perDay)
	remedy := "wait, or ask for more: " + s.sesPage("account")
	switch {
	case quota.perDay < 0:
		return ok("no limit")
	case quota.perDay-quota.sentToday < receivers:
		return problem(remedy, "%s, and a report needs %.0f", text, receivers)
	case quota.perDay-quota.sentToday < 10*receivers:
		return warning(remedy, "%s, and a report needs %.0f", text, receivers)
	}
	return ok("%s, a report needs %.0f", text, receivers)
}
