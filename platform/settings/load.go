package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// Load reads and checks the settings of a stage. lookup gives the value of a key within [Namespace], and "" where it is
// not set; a list is a JSON array or separated by commas. The error holds every problem, each with its key and the
// command that solves it.
func Load(stage string, lookup func(key string) string) (Stage, error) {
	l := loader{stage: stage, lookup: lookup}
	s := Stage{Name: stage}
	// 20 characters leave a bucket's name room for its random end.
	if !stageForm.MatchString(stage) || len(stage) > 20 {
		l.problems = append(l.problems,
			fmt.Errorf("stage %q: want up to 20 lower-case letters and digits; pulumi stack init dev", stage))
	}
	s.SenderEmail = l.email(keySenderEmail)
	s.ReceiverEmails = l.emails(keyReceiverEmails)
	s.AlarmEmail = l.email(keyAlarmEmail)
	s.ModelID = l.model(keyModelID)
	s.IngestLimits = l.limits(keyIngestLimits)
	s.LogLevel = l.level(keyLogLevel)
	s.LogRetentionDays = l.logRetention(keyLogRetentionDays)
	s.Functions = l.functions()
	s.Retention = Retention{
		InputDays:     l.number(inputDays),
		ProcessedDays: l.number(processedDays),
		RejectDays:    l.number(rejectDays),
		FailureDays:   l.number(failureDays),
	}
	s.Protect = l.flag(keyProtect)
	s.ForceDestroy = l.flag(keyForceDestroy)
	if s.Protect && s.ForceDestroy {
		l.problem(keyForceDestroy, "false", "contradicts %s:%s", Namespace, keyProtect)
	}
	if err := errors.Join(l.problems...); err != nil {
		return Stage{}, fmt.Errorf("settings of stage %q:\n%w", stage, err)
	}
	return s, nil
}

// loader reads values and gathers what is wrong with them.
type loader struct {
	stage    string
	lookup   func(key string) string
	problems []error
}

func (l *loader) problem(key, example, format string, args ...any) {
	l.problems = append(l.problems, fmt.Errorf("%s:%s: %s; pulumi config set --stack %s %s:%s %s",
		Namespace, key, fmt.Sprintf(format, args...), l.stage, Namespace, key, example))
}

func (l *loader) email(key string) string {
	value := l.lookup(key)
	if value == "" {
		l.problem(key, exampleEmail, "not set")
	} else if !plainAddress(value) {
		l.problem(key, exampleEmail, "%q is not an e-mail address", value)
	}
	return value
}

func (l *loader) emails(key string) []string {
	const example = exampleEmail + ",others@example.com"
	addresses, err := list(l.lookup(key))
	switch {
	case err != nil:
		l.problem(key, example, "%v", err)
	case len(addresses) == 0:
		l.problem(key, example, "not set")
	// SES takes at most 50 recipients a message.
	case len(addresses) > 50:
		l.problem(key, example, "%d addresses, SES takes at most 50", len(addresses))
	}
	for _, address := range addresses {
		if !plainAddress(address) {
			l.problem(key, example, "%q is not an e-mail address", address)
		}
	}
	return addresses
}

// plainAddress reports whether s is an address alone, without a name, and without a comma, which separates addresses in
// the notifier's environment.
func plainAddress(s string) bool {
	address, err := mail.ParseAddress(s)
	return err == nil && address.Name == "" && address.Address == s && !strings.Contains(s, ",")
}

func list(value string) ([]string, error) {
	var items []string
	if strings.HasPrefix(value, "[") {
		if err := json.Unmarshal([]byte(value), &items); err != nil {
			return nil, fmt.Errorf("%q is not a list: %w", value, err)
		}
	} else if value != "" {
		items = strings.Split(value, ",")
	}
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	return items, nil
}

var (
	stageForm = regexp.MustCompile(`^[a-z][a-z0-9]*$`)
	// modelForm is `provider.model`, with a version where the model has one, and the geography of an inference profile.
	// Within a model's name a dot stands before a digit only, as in `zai.glm-4.6`, and a provider has three characters or
	// more; so a geography that nothing here knows, such as `global.` or `jp.`, does not pass for a provider.
	modelForm = regexp.MustCompile(`^((us|eu|apac)\.)?[a-z0-9]{3,}\.[a-z0-9][a-z0-9-]*(\.[0-9][a-z0-9-]*)*(:[0-9]+)?$`)
)

func (l *loader) model(key string) string {
	value := l.lookup(key)
	if value == "" {
		return defaultModel
	}
	if !modelForm.MatchString(value) {
		l.problem(key, defaultModel, "%q is neither a Bedrock model nor a us., eu. or apac. inference profile", value)
	}
	return value
}

func (l *loader) limits(key string) pipeline.Limits {
	limits, err := pipeline.ParseLimits(l.lookup(key))
	if err != nil {
		l.problem(key, "object=2GiB,value=64KiB", "%v", err)
	}
	return limits
}

func (l *loader) level(key string) string {
	value := l.lookup(key)
	if value == "" {
		return defaultLogLevel
	}
	if levels := []string{"debug", "info", "warn", "error"}; !slices.Contains(levels, value) {
		l.problem(key, defaultLogLevel, "%q is not one of %s", value, strings.Join(levels, ", "))
	}
	return value
}

func (l *loader) logRetention(key string) int {
	days := l.number(number{key: key, otherwise: 30, least: 1, most: 3653})
	// CloudWatch Logs takes these and no others.
	allowed := []int{
		1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
	}
	if i, ok := slices.BinarySearch(allowed, days); !ok && 0 < i && i < len(allowed) {
		l.problem(key, strconv.Itoa(allowed[i]),
			"CloudWatch keeps logs %d days or %d, not %d", allowed[i-1], allowed[i], days)
	}
	return days
}

func (l *loader) functions() map[pipeline.Function]Function {
	functions := make(map[pipeline.Function]Function)
	var reserved, most int
	var greediest number
	for _, size := range sizes() {
		f := Function{
			TimeoutSeconds:      l.number(size.timeout()),
			MemoryMB:            l.number(size.memory()),
			ReservedConcurrency: l.number(size.concurrency()),
		}
		functions[size.function] = f
		reserved += f.ReservedConcurrency
		if f.ReservedConcurrency > most {
			most, greediest = f.ReservedConcurrency, size.concurrency()
		}
	}
	if reserved > maxReserved {
		l.problem(greediest.key, strconv.Itoa(greediest.otherwise),
			"the functions reserve %d together, want %d or less", reserved, maxReserved)
	}
	return functions
}

func (l *loader) number(n number) int {
	value := l.lookup(n.key)
	if value == "" {
		return n.otherwise
	}
	parsed, err := strconv.Atoi(value)
	if err != nil || parsed < n.least || parsed > n.most {
		l.problem(n.key, strconv.Itoa(n.otherwise), "%q is not a whole number from %d to %d", value, n.least, n.most)
		return n.otherwise
	}
	return parsed
}

func (l *loader) flag(key string) bool {
	switch value := l.lookup(key); value {
	case "true":
		return true
	case "", "false":
	default:
		l.problem(key, "false", "%q is neither true nor false", value)
	}
	return false
}
