package doctor

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// find examines a stage and returns what one check found.
func find(t *testing.T, s *Subject, name string) Finding {
	t.Helper()
	findings, err := Examine(t.Context(), s, Stage, func(Finding) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if f.Check == name {
			return f
		}
	}
	t.Fatalf("no check is called %q", name)
	return Finding{}
}

// expect compares a finding. A problem and a warning must say what mends them, in the text or beside it.
func expect(t *testing.T, got Finding, want State, texts ...string) {
	t.Helper()
	said := got.Text + "\n" + got.Remedy
	if got.State != want {
		t.Errorf("%s: %s, want %s: %s", got.Check, got.State, want, said)
	}
	for _, text := range texts {
		if !strings.Contains(said, text) {
			t.Errorf("%s says %q, which lacks %q", got.Check, said, text)
		}
	}
	if (want == Problem || want == Warning) && got.Remedy == "" && !strings.Contains(got.Text, "pulumi config") {
		t.Errorf("%s names no remedy: %q", got.Check, got.Text)
	}
}

// Promise: each state of AWS that the checks look for is told apart, and each that is wrong names what mends it.
func TestStatesOfAWS(t *testing.T) {
	ok := func(body string) answer { return answer{status: http.StatusOK, body: body} }
	missing := answer{status: http.StatusNotFound, code: "NotFoundException"}
	sandbox := ok(`{"ProductionAccessEnabled": false, "SendingEnabled": true, "EnforcementStatus": "HEALTHY",
		"SendQuota": {"Max24HourSend": 200, "SentLast24Hours": 0}}`)
	model := func(agreement, authorization, entitlement, region string) answer {
		return ok(fmt.Sprintf(`{"agreementAvailability": {"status": %q}, "authorizationStatus": %q,
			"entitlementAvailability": %q, "regionAvailability": %q}`, agreement, authorization, entitlement, region))
	}
	const onDemand = "mejan:modelId: amazon.nova-lite-v1:0"
	concurrency := func(limit, unreserved int) answer {
		return ok(fmt.Sprintf(`{"AccountLimit": {"ConcurrentExecutions": %d, "UnreservedConcurrentExecutions": %d}}`,
			limit, unreserved))
	}
	for _, tt := range []struct {
		name, check string
		settings    []string
		answers     answers
		want        State
		texts       []string
	}{
		{"region", checkRegion, nil, nil, OK, []string{"us-east-1"}},
		{"credentials", checkCredentials, nil, nil, OK, []string{"assumed-role/deployer/me"}},
		{
			"no such profile", checkCredentials,
			[]string{"aws:profile: nobody"},
			nil, Problem,
			[]string{`"nobody"`, "aws configure sso --profile nobody"},
		},
		{"account", checkAccount, nil, nil, OK, []string{"111122223333"}},
		{
			"other account", checkAccount,
			[]string{`aws:allowedAccountIds: ["999900001111"]`},
			nil, Problem,
			[]string{"111122223333", "999900001111"},
		},
		{
			"any account", checkAccount,
			[]string{"aws:allowedAccountIds: []"},
			nil, Warning,
			[]string{`pulumi config set --stack dev aws:allowedAccountIds '["111122223333"]'`},
		},

		{"repositories", checkRepositories, nil, nil, OK, []string{"111122223333.dkr.ecr.us-east-1.amazonaws.com/mejan-dev/"}},
		{
			"no repositories", checkRepositories, nil,
			answers{"DescribeRepositories": {status: 400, code: "RepositoryNotFoundException"}},
			Problem,
			[]string{"mejan-dev/ingestor", "make foundation STAGE=dev"},
		},
		{
			"tags move", checkRepositories, nil,
			answers{"DescribeRepositories": ok(
				`{"repositories": [{"repositoryName": "mejan-dev/ingestor", "imageTagMutability": "MUTABLE"}]}`)},
			Warning,
			[]string{"mejan-dev/ingestor", "can be moved", "make up STAGE=dev"},
		},

		{"profile", "model", nil, nil, OK, []string{"us.amazon.nova-lite-v1:0"}},
		{"model", "model", []string{onDemand}, nil, OK, []string{"amazon.nova-lite-v1:0 can be called"}},
		{
			"no such profile of models", "model", nil,
			answers{"GetInferenceProfile": {status: 404, code: "ResourceNotFoundException"}},
			Problem,
			[]string{"us.amazon.nova-lite-v1:0", "mejan:modelId"},
		},
		{
			"no such model", "model", nil,
			answers{"GetFoundationModelAvailability": {status: 404, code: "ResourceNotFoundException"}},
			Problem,
			[]string{"has no model amazon.nova-lite-v1:0"},
		},
		{
			"not used yet", "model", nil,
			answers{"GetFoundationModelAvailability": model("NOT_AVAILABLE", "AUTHORIZED", "NOT_AVAILABLE", "AVAILABLE")},
			Warning,
			[]string{"has not used", "#/model-catalog"},
		},
		{
			"agreed but not entitled", "model", nil,
			answers{"GetFoundationModelAvailability": model("AVAILABLE", "AUTHORIZED", "NOT_AVAILABLE", "AVAILABLE")},
			Warning,
			[]string{"has not used"},
		},
		{
			"agreement on its way", "model", nil,
			answers{"GetFoundationModelAvailability": model("PENDING", "AUTHORIZED", "NOT_AVAILABLE", "AVAILABLE")},
			Warning,
			[]string{"wait"},
		},
		{
			"agreement failed", "model", nil,
			answers{"GetFoundationModelAvailability": model("ERROR", "AUTHORIZED", "NOT_AVAILABLE", "AVAILABLE")},
			Problem,
			[]string{"failed"},
		},
		{
			"not authorized", "model", nil,
			answers{"GetFoundationModelAvailability": model("AVAILABLE", "NOT_AUTHORIZED", "AVAILABLE", "AVAILABLE")},
			Problem,
			[]string{"not authorized"},
		},
		{
			"model not in the region", "model",
			[]string{onDemand},
			answers{"GetFoundationModelAvailability": model("AVAILABLE", "AUTHORIZED", "AVAILABLE", "NOT_AVAILABLE")},
			Problem,
			[]string{"inference profile"},
		},
		{
			"model in other regions of the profile", "model", nil,
			answers{"GetFoundationModelAvailability": model("AVAILABLE", "AUTHORIZED", "AVAILABLE", "NOT_AVAILABLE")},
			OK, nil,
		},

		{"production", checkMailing, nil, nil, OK, []string{"production"}},
		{"sandbox", checkMailing, nil, answers{"GetAccount": sandbox}, Warning, []string{"sandbox", "ses/home?region=us-east-1"}},
		{
			"under review", checkMailing, nil,
			answers{"GetAccount": ok(
				`{"ProductionAccessEnabled": true, "SendingEnabled": true, "EnforcementStatus": "PROBATION"}`)},
			Warning,
			[]string{"reviews"},
		},
		{
			"stopped", checkMailing, nil,
			answers{"GetAccount": ok(
				`{"ProductionAccessEnabled": true, "SendingEnabled": false, "EnforcementStatus": "SHUTDOWN"}`)},
			Problem,
			[]string{"SHUTDOWN"},
		},

		{"sender", "sender", nil, nil, OK, []string{"reports@mejan.dev"}},
		{"sender unknown", "sender", nil, answers{"GetEmailIdentity": missing}, Problem, []string{"make foundation STAGE=dev"}},
		{
			"sender waits", "sender", nil,
			answers{
				"GetEmailIdentity mejan.dev":         missing,
				"GetEmailIdentity reports@mejan.dev": ok(`{"VerifiedForSendingStatus": false}`),
			},
			Problem,
			[]string{"not verified", "identities/reports@mejan.dev"},
		},
		{"sender by its domain", "sender", nil, answers{"GetEmailIdentity reports@mejan.dev": missing}, OK, nil},
		{"domain waits", "sender", nil, answers{
			"GetEmailIdentity reports@mejan.dev": missing,
			"GetEmailIdentity mejan.dev":         ok(`{"VerifiedForSendingStatus": false}`),
		}, Problem, nil},

		{"receivers in production", "receivers", nil, answers{"GetEmailIdentity one@mejan.dev": missing}, OK, []string{"2"}},
		{"receivers in the sandbox", "receivers", nil, answers{"GetAccount": sandbox}, OK, []string{"2, all verified"}},
		{
			"receiver unknown in the sandbox", "receivers", nil,
			answers{
				"GetAccount":                 sandbox,
				"GetEmailIdentity mejan.dev": missing, "GetEmailIdentity two@mejan.dev": missing,
			},
			Problem,
			[]string{"create-email-identity --region us-east-1 --email-identity two@mejan.dev"},
		},
		{
			"receiver waits in the sandbox", "receivers", nil,
			answers{
				"GetAccount":                     sandbox,
				"GetEmailIdentity mejan.dev":     missing,
				"GetEmailIdentity one@mejan.dev": ok(`{"VerifiedForSendingStatus": false}`),
			},
			Problem,
			[]string{"not: one@mejan.dev", "identities/one@mejan.dev"},
		},

		{"mails left", "mails a day", nil, nil, OK, []string{"3 of 50000", "needs 2"}},
		{"no limit of mails", "mails a day", nil, answers{"GetAccount": ok(
			`{"ProductionAccessEnabled": true, "SendingEnabled": true, "SendQuota": {"Max24HourSend": -1}}`)}, OK, nil},
		{"few mails left", "mails a day", nil, answers{"GetAccount": ok(`{"ProductionAccessEnabled": true,
			"SendingEnabled": true, "SendQuota": {"Max24HourSend": 200, "SentLast24Hours": 181}}`)}, Warning, nil},
		{"no mails left", "mails a day", nil, answers{"GetAccount": ok(`{"ProductionAccessEnabled": true,
			"SendingEnabled": true, "SendQuota": {"Max24HourSend": 200, "SentLast24Hours": 199}}`)}, Problem, nil},

		{"subscribed", "alarm subscription", nil, nil, OK, []string{"oncall@mejan.dev"}},
		{"not confirmed", "alarm subscription", nil, answers{"ListSubscriptionsByTopic": ok(fmt.Sprintf(subscriptions,
			pending, "oncall@mejan.dev"))}, Problem, []string{"not confirmed", "aws sns subscribe --region us-east-1"}},
		{"someone else is subscribed", "alarm subscription", nil, answers{"ListSubscriptionsByTopic": ok(fmt.Sprintf(
			subscriptions, "arn:aws:sns:1", "former@mejan.dev"))}, Problem, []string{"oncall@mejan.dev is not subscribed"}},
		{
			"no topic", "alarm subscription", nil,
			answers{"ListSubscriptionsByTopic": {status: 404, code: "NotFound"}},
			Problem,
			[]string{"arn:aws:sns:us-east-1:111122223333:mejan-dev-alarms", "make foundation STAGE=dev"},
		},

		{"nothing reserved", "concurrency", nil, nil, OK, []string{"1000 of 1000"}},
		{
			"new account", "concurrency", nil,
			answers{"GetAccountSettings": concurrency(10, 10)},
			Warning,
			[]string{"servicequotas"},
		},
		{
			"more than there is", "concurrency",
			[]string{"mejan:analyzerReservedConcurrency: 50"},
			answers{"GetAccountSettings": concurrency(1000, 140)},
			Problem,
			[]string{"reserves 50", "140 of 1000"},
		},
		{
			"what it has already", "concurrency",
			[]string{"mejan:analyzerReservedConcurrency: 50"},
			answers{
				"GetAccountSettings":                        concurrency(1000, 140),
				"GetFunctionConcurrency mejan-dev-analyzer": ok(`{"ReservedConcurrentExecutions": 50}`),
			},
			OK, nil,
		},
		{
			"not deployed yet", "concurrency", nil,
			answers{"GetFunctionConcurrency": {status: 404, code: "ResourceNotFoundException"}},
			OK, nil,
		},
		{"no limit named", "concurrency", nil, answers{"GetAccountSettings": ok(`{}`)}, Unknown, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := onAWS(t, &stub{answers: tt.answers}, tt.settings...)
			expect(t, find(t, s, tt.check), tt.want, tt.texts...)
		})
	}
}
