package doctor

import (
	"strings"
	"testing"
	"time"
)

// asks lists the operations of each check that asks AWS.
var asks = map[string][]string{
	checkCredentials:     {"GetCallerIdentity"},
	checkRepositories:    {"DescribeRepositories"},
	"model":              {"GetInferenceProfile", "GetFoundationModelAvailability"},
	checkMailing:         {"GetAccount"},
	"sender":             {"GetEmailIdentity"},
	"alarm subscription": {"ListSubscriptionsByTopic"},
	"concurrency":        {"GetAccountSettings", "GetFunctionConcurrency"},
}

// Promise: a check that could not be made says so, and is never ok. What a person can do differs by reason.
func TestFaultsOfAWS(t *testing.T) {
	for check, operations := range asks {
		for _, operation := range operations {
			for _, fault := range []struct {
				answer answer
				want   State
				text   string
			}{
				{answer{status: 403, code: "AccessDeniedException"}, Unknown, "allow "},
				{answer{status: 403, code: "AccessDenied"}, Unknown, "allow "},
				{answer{status: 400, code: "ThrottlingException"}, Unknown, "throttles"},
				{answer{status: 429, code: "TooManyRequestsException"}, Unknown, "throttles"},
				{answer{status: 503, code: "ServiceUnavailable"}, Unknown, "failed"},
				{answer{status: 400, code: "ValidationException"}, Unknown, "ValidationException"},
				{answer{status: 403, code: "ExpiredTokenException"}, Problem, "aws configure sso"},
				{answer{status: 403, code: "InvalidClientTokenId"}, Problem, "aws configure sso"},
			} {
				t.Run(operation+" "+fault.answer.code, func(t *testing.T) {
					s := onAWS(t, &stub{answers: answers{operation: fault.answer}})
					expect(t, find(t, s, check), fault.want, fault.text)
				})
			}
		}
	}
}

// Promise: a network that does not answer costs each check its limit, and no more.
func TestAWSOutOfReach(t *testing.T) {
	for check, operations := range asks {
		for _, operation := range operations {
			t.Run(operation+" hangs", func(t *testing.T) {
				s := onAWS(t, &stub{hangs: operation})
				table := checks()
				for i := range table {
					if table[i].name == check {
						table[i].limit = 100 * time.Millisecond
					}
				}
				findings, err := examine(t.Context(), s, table, Stage, func(Finding) {})
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range findings {
					if f.Check == check {
						expect(t, f, Unknown, "in time", "HTTPS_PROXY")
					}
				}
			})
		}
	}
	t.Run("refused", func(t *testing.T) {
		s := onAWS(t, &stub{})
		t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
		expect(t, find(t, s, checkCredentials), Unknown, "cannot be reached", "connection refused")
		if f := find(t, s, "alarm subscription"); f.State != Unknown || f.Waits != checkAccount {
			t.Errorf("a check after it: %+v, want unknown, waiting for %q", f, checkAccount)
		}
	})
	t.Run("no credentials", func(t *testing.T) {
		s := onAWS(t, &stub{})
		t.Setenv("AWS_ACCESS_KEY_ID", "")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "")
		expect(t, find(t, s, checkCredentials), Problem, "no AWS credentials", "aws configure sso")
	})
	t.Run("other region in the environment", func(t *testing.T) {
		s := onAWS(t, &stub{})
		t.Setenv("AWS_REGION", "eu-west-1")
		expect(t, find(t, s, checkRegion), Warning, "export AWS_REGION=us-east-1")
	})
}

// Promise: --help names the permissions that the checks need, each of them and no more.
func TestPermissions(t *testing.T) {
	var asked []string
	for _, operations := range asks {
		asked = append(asked, operations...)
	}
	if got := Permissions(); len(got) != len(asked) {
		t.Errorf("%d permissions for %d operations", len(got), len(asked))
	}
	for _, permission := range Permissions() {
		_, action, _ := strings.Cut(permission, ":")
		if !strings.Contains(" "+strings.Join(asked, " ")+" ", " "+action+" ") {
			t.Errorf("no check asks for %s", permission)
		}
	}
}
