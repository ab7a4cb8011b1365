package settings

import "github.com/mejan/mejan/functions/pipeline"

// Keys of settings that are not plain numbers.
const (
	keySenderEmail      = "senderEmail"
	keyReceiverEmails   = "receiverEmails"
	keyAlarmEmail       = "alarmEmail"
	keyModelID          = "modelId"
	keyIngestLimits     = "ingestLimits"
	keyLogLevel         = "logLevel"
	keyLogRetentionDays = "logRetentionDays"
	keyProtect          = "protect"
	keyForceDestroy     = "forceDestroy"
)

const (
	exampleEmail    = "you@example.com"
	defaultModel    = "us.amazon.nova-lite-v1:0"
	defaultLogLevel = "info"
)

// number is a setting that is a whole number from least to most, and otherwise where it is not set.
type number struct {
	key                    string
	otherwise, least, most int
}

// Ten years bound the retention of objects: long enough for any audit, short enough to catch a slip.
var (
	inputDays     = number{"inputRetentionDays", 90, 1, 3650}
	processedDays = number{"processedRetentionDays", 365, 1, 3650}
	rejectDays    = number{"rejectRetentionDays", 365, 1, 3650}
	failureDays   = number{"failureRetentionDays", 90, 1, 3650}
)

// size is the size of a function where its stage says nothing.
type size struct {
	function       pipeline.Function
	timeoutSeconds int
	maxTimeout     int
	memoryMB       int
}

// leastTimeout leaves every function time to work: of it, the notifier needs 15 s to begin a delivery, and the analyzer
// keeps 10 s in reserve for what comes after the prose.
const leastTimeout = 30

// sizes lists the functions' sizes. Lambda ends every invocation after 900 s. The notifier's limit is lower: its claim
// on a delivery lasts 75 s, and an attempt that outlives its claim could send a report twice.
func sizes() []size {
	return []size{
		{pipeline.Ingestor, 300, 900, 512},
		{pipeline.Analyzer, 120, 900, 512},
		{pipeline.Notifier, 60, 60, 256},
	}
}

func (s size) timeout() number {
	return number{string(s.function) + "TimeoutSeconds", s.timeoutSeconds, leastTimeout, s.maxTimeout}
}

// memory is bounded by what Lambda takes.
func (s size) memory() number {
	return number{string(s.function) + "MemoryMB", s.memoryMB, 128, 10240}
}

// maxReserved bounds what the functions reserve together: an account has 1,000 unless it asks for more, and AWS keeps
// 100 of them for functions that reserve nothing.
const maxReserved = 900

func (s size) concurrency() number {
	return number{string(s.function) + "ReservedConcurrency", 0, 0, maxReserved}
}

// Keys lists every key of [Namespace] that [Load] reads.
func Keys() []string {
	keys := []string{
		keySenderEmail, keyReceiverEmails, keyAlarmEmail, keyModelID, keyIngestLimits, keyLogLevel, keyLogRetentionDays,
		keyProtect, keyForceDestroy, inputDays.key, processedDays.key, rejectDays.key, failureDays.key,
	}
	for _, s := range sizes() {
		keys = append(keys, s.timeout().key, s.memory().key, s.concurrency().key)
	}
	return keys
}
