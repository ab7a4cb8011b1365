package mail_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"

	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// What the mailer sends is what somebody else's reading of SES v2 accepts and refuses.
func TestMoto(t *testing.T) {
	cfg := pipelinetest.Moto(t)
	client := sesv2.NewFromConfig(cfg)
	pipelinetest.MailConformance(t, pipelinetest.MailEndpoint{
		Config: cfg,
		Verify: func(t *testing.T, address string) {
			t.Helper()
			in := &sesv2.CreateEmailIdentityInput{EmailIdentity: aws.String(address)}
			if _, err := client.CreateEmailIdentity(t.Context(), in); err != nil {
				t.Fatalf("verify %q: %v", address, err)
			}
		},
	})
}
