package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
)

// answer is what the stub answers to one operation: a status and a body. The code of an error stands in place of a body.
type answer struct {
	status int
	body   string
	code   string
}

// answers are by operation. An operation about an identity, a model or a function also goes by `Operation name`.
type answers map[string]answer

// well is what AWS answers when all is well.
func well() answers {
	body := func(format string, args ...any) answer {
		return answer{status: 200, body: fmt.Sprintf(format, args...)}
	}
	const arn = "arn:aws:sts::111122223333:assumed-role/deployer/me"
	const repository = `{"repositoryName": "mejan-dev/%[1]s", "imageTagMutability": "IMMUTABLE",
		"repositoryUri": "111122223333.dkr.ecr.us-east-1.amazonaws.com/mejan-dev/%[1]s"}`
	var repositories []string
	for _, function := range pipeline.Functions() {
		repositories = append(repositories, fmt.Sprintf(repository, function))
	}
	return answers{
		"GetCallerIdentity": body(`<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>%s</Arn>`+
			`<Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`, arn),
		"DescribeRepositories": body(`{"repositories": [%s]}`, strings.Join(repositories, ",")),
		"GetInferenceProfile":  body(`{"status": "ACTIVE"}`),
		"GetFoundationModelAvailability": body(`{"agreementAvailability": {"status": "AVAILABLE"},
			"authorizationStatus": "AUTHORIZED", "entitlementAvailability": "AVAILABLE", "regionAvailability": "AVAILABLE"}`),
		"GetAccount": body(`{"ProductionAccessEnabled": true, "SendingEnabled": true, "EnforcementStatus": "HEALTHY",
			"SendQuota": {"Max24HourSend": 50000, "SentLast24Hours": 3, "MaxSendRate": 14}}`),
		"GetEmailIdentity": body(`{"VerifiedForSendingStatus": true}`),
		"ListSubscriptionsByTopic": body(subscriptions,
			"arn:aws:sns:us-east-1:111122223333:mejan-dev-alarms:1", "oncall@mejan.dev"),
		"GetAccountSettings":     body(`{"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}}`),
		"GetFunctionConcurrency": body(`{}`),
	}
}

const subscriptions = `<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions>
<member><SubscriptionArn>%s</SubscriptionArn><Endpoint>%s</Endpoint><Protocol>email</Protocol></member>
</Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`

// stub answers for AWS. It knows the operations that the checks use; any other fails the test, as does one that writes.
type stub struct {
	t       *testing.T
	answers answers
	// hangs is an operation that gets no answer.
	hangs string
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation, subject := operationOf(r)
	known, ok := s.answers[operation+" "+subject]
	if !ok {
		known, ok = s.answers[operation]
	}
	switch {
	case !ok:
		s.t.Errorf("AWS was asked for %s %s (%s)", r.Method, r.URL, operation)
		w.WriteHeader(http.StatusNotImplemented)
	case operation == s.hangs:
		<-r.Context().Done()
	case known.code == "":
		w.WriteHeader(known.status)
		_, _ = io.WriteString(w, known.body)
	case r.Header.Get("Content-Type") == "application/x-www-form-urlencoded":
		w.WriteHeader(known.status)
		fmt.Fprintf(w, "<ErrorResponse><Error><Code>%s</Code><Message>the stub says no</Message></Error></ErrorResponse>",
			known.code)
	default:
		w.Header().Set("X-Amzn-ErrorType", known.code)
		w.WriteHeader(known.status)
		_ = json.NewEncoder(w).Encode(map[string]string{"__type": known.code, "message": "the stub says no"})
	}
}

// operationOf finds the operation in each of the protocols that the services speak.
func operationOf(r *http.Request) (operation, subject string) {
	body, _ := io.ReadAll(r.Body) // the server notices that a caller has gone only once the body is read
	if _, target, found := strings.Cut(r.Header.Get("X-Amz-Target"), "."); found {
		return target, ""
	}
	if r.Method == http.MethodPost {
		form, _ := url.ParseQuery(string(body))
		return form.Get("Action"), form.Get("TopicArn")
	}
	path := r.URL.Path
	for _, known := range []struct{ before, after, operation string }{
		{"/inference-profiles/", "", "GetInferenceProfile"},
		{"/foundation-model-availability/", "", "GetFoundationModelAvailability"},
		{"/v2/email/account", "", "GetAccount"},
		{"/v2/email/identities/", "", "GetEmailIdentity"},
		{"/2016-08-19/account-settings", "/", "GetAccountSettings"},
		{"/2019-09-30/functions/", "/concurrency", "GetFunctionConcurrency"},
	} {
		if rest, found := strings.CutPrefix(path, known.before); found && r.Method == http.MethodGet {
			return known.operation, strings.TrimSuffix(rest, known.after)
		}
	}
	return "", ""
}

// devSettings are those of a stage in which all is well.
const devSettings = `config:
  aws:region: us-east-1
  aws:allowedAccountIds: ["111122223333"]
  mejan:senderEmail: reports@mejan.dev
  mejan:receiverEmails: [one@mejan.dev, two@mejan.dev]
  mejan:alarmEmail: oncall@mejan.dev
  mejan:forceDestroy: "true"
`

// onAWS makes a stage whose AWS is a stub. Settings that are given replace the line of the same key, or are added.
func onAWS(t *testing.T, s *stub, settings ...string) *Subject {
	t.Helper()
	s.t = t
	all := well()
	maps.Copy(all, s.answers)
	s.answers = all
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	empty := filepath.Join(t.TempDir(), "none")
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_CONFIG_FILE": empty, "AWS_SHARED_CREDENTIALS_FILE": empty, "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_MAX_ATTEMPTS": "1", "AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_PROFILE": "", "AWS_SESSION_TOKEN": "",
	} {
		t.Setenv(name, value)
	}
	root := t.TempDir()
	text := devSettings
	for _, setting := range settings {
		text = replaceSetting(text, setting)
	}
	write(t, filepath.Join(root, "Pulumi.dev.yaml"), text)
	return &Subject{Root: root, Stage: "dev"}
}

func replaceSetting(text, setting string) string {
	key := setting[:strings.Index(setting, ": ")+1]
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimSpace(line), key) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "") + "  " + setting + "\n"
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
