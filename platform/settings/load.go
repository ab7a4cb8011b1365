package settings

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// loader reads values and gathers what is wrong with them, each problem with the command that mends it.
type loader struct {
	stage string
	// config holds values by full key, such as `mejan:senderEmail`, as Pulumi hands them over: text, and JSON for lists
	// and objects. A key that is missing or empty is not set.
	config map[string]string
	// secret lists the keys whose values Pulumi keeps encrypted.
	secret []string
	// local accepts addresses at domains that cannot receive mail.
	local    bool
	problems []error
}

// load reads and checks everything. Its error holds every problem.
func (l *loader) load() (Stage, error) {
	l.unknown()
	s := Stage{Name: l.stage, AWS: l.aws()}
	s.SenderEmail = l.email(keySenderEmail)
	s.ReceiverEmails = l.emails(keyReceiverEmails)
	s.TestReceiverEmail = l.testReceiver(keyTestReceiver)
	s.AlarmEmail = l.email(keyAlarmEmail)
	s.Model = l.model(s.AWS.Region)
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
	s.Protect, s.ForceDestroy = l.protection()
	s.Signature = l.signature()
	s.GitHub = l.github()
	l.environment(s)
	if err := l.failure(); err != nil {
		return Stage{}, err
	}
	return s, nil
}

// failure is every problem that was found, or nil.
func (l *loader) failure() error {
	if len(l.problems) == 0 {
		return nil
	}
	return fmt.Errorf("settings of stage %q:\n%w", l.stage, errors.Join(l.problems...))
}

func (l *loader) limits(key string) pipeline.Limits {
	limits, err := pipeline.ParseLimits(l.config[key])
	if err != nil {
		l.problem(key, "object=2GiB,value=64KiB", "%v", err)
	}
	return limits
}

func (l *loader) level(key string) string {
	value := l.config[key]
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
	value := l.config[n.key]
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

// protection reads protect and forceDestroy, of which exactly one holds. A stage is protected unless it says
// forceDestroy, so that data is never deleted for want of a setting.
func (l *loader) protection() (protect, forceDestroy bool) {
	forceDestroy = l.flag(keyForceDestroy, false)
	protect = l.flag(keyProtect, !forceDestroy)
	switch {
	case protect && forceDestroy:
		l.problem(keyForceDestroy, "false", "contradicts %s", keyProtect)
	case !protect && !forceDestroy:
		l.problem(keyForceDestroy, "true",
			"not set, but %s is false: destroying the stage would stop at the first bucket that holds an object", keyProtect)
	}
	return protect, forceDestroy
}

func (l *loader) flag(key string, otherwise bool) bool {
	switch value := l.config[key]; value {
	case "true":
		return true
	case "false":
		return false
	case "":
	default:
		l.problem(key, strconv.FormatBool(otherwise), "%q is neither true nor false", value)
	}
	return otherwise
}
