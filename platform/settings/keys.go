package settings

import "github.com/mejan/mejan/functions/pipeline"

// Namespace is the namespace of our own keys: `mejan:senderEmail`.
const Namespace = "mejan"

// Keys of settings that are not plain numbers.
const (
	keyRegion            = "aws:region"
	keyProfile           = "aws:profile"
	keyAllowedAccountIDs = "aws:allowedAccountIds"

	keyPrefix           = Namespace + ":prefix"
	keySenderEmail      = Namespace + ":senderEmail"
	keyReceiverEmails   = Namespace + ":receiverEmails"
	keyTestReceiver     = Namespace + ":testReceiverEmail"
	keyAlarmEmail       = Namespace + ":alarmEmail"
	keyModelID          = Namespace + ":modelId"
	keyModelPrice       = Namespace + ":modelPrice"
	keyIngestLimits     = Namespace + ":ingestLimits"
	keyLogLevel         = Namespace + ":logLevel"
	keyLogRetentionDays = Namespace + ":logRetentionDays"
	keyProtect          = Namespace + ":protect"
	keyForceDestroy     = Namespace + ":forceDestroy"

	keySignature        = Namespace + ":signature"
	keySignatureKey     = Namespace + ":signatureKey"
	keySignatureIssuer  = Namespace + ":signatureIssuer"
	keySignatureSubject = Namespace + ":signatureSubject"
	keySignatureRoot    = Namespace + ":signatureRoot"

	keyGitHubRepository = Namespace + ":githubRepository"
	keyGitHubProvider   = Namespace + ":githubProvider"
	keyStateBucket      = Namespace + ":stateBucket"
	keyStateKey         = Namespace + ":stateKey"
)

const (
	defaultRegion   = "us-east-1"
	defaultPrefix   = "mejan"
	defaultModel    = "us.amazon.nova-lite-v1:0"
	defaultLogLevel = "info"
	// defaultTestReceiver is the mailbox simulator of SES: it takes every mail, also from an account in the sandbox, and
	// delivers none.
	defaultTestReceiver = "success@simulator.amazonses.com"
)

// number is a setting that is a whole number from least to most, or otherwise when it is not set.
type number struct {
	key                    string
	otherwise, least, most int
}

// Ten years bound the retention of objects: long enough for any audit, short enough to catch a slip.
var (
	inputDays     = number{Namespace + ":inputRetentionDays", 90, 1, 3650}
	processedDays = number{Namespace + ":processedRetentionDays", 365, 1, 3650}
	rejectDays    = number{Namespace + ":rejectRetentionDays", 365, 1, 3650}
	failureDays   = number{Namespace + ":failureRetentionDays", 90, 1, 3650}
)

// size holds the default size of a function.
type size struct {
	function       pipeline.Function
	timeoutSeconds int
	maxTimeout     int
	memoryMB       int
}

// leastTimeout leaves every function time to work: the notifier needs 15 s of it to begin a delivery, and the analyzer
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

func (s size) key(suffix string) string { return Namespace + ":" + string(s.function) + suffix }

func (s size) timeout() number {
	return number{s.key("TimeoutSeconds"), s.timeoutSeconds, leastTimeout, s.maxTimeout}
}

// memory is bounded by what Lambda takes.
func (s size) memory() number { return number{s.key("MemoryMB"), s.memoryMB, 128, 10240} }

// maxReserved bounds what the functions reserve together: an account has 1,000 unless it asks for more, and AWS keeps
// 100 of them for functions that reserve nothing.
const maxReserved = 900

func (s size) concurrency() number { return number{s.key("ReservedConcurrency"), 0, 0, maxReserved} }

// Keys lists every key that is read: those of [Namespace], and those of the AWS provider that say where a stage lives.
func Keys() []string {
	keys := []string{
		keyRegion, keyProfile, keyAllowedAccountIDs, keyPrefix, keySenderEmail, keyReceiverEmails, keyTestReceiver,
		keyAlarmEmail, keyModelID, keyModelPrice, keyIngestLimits, keyLogLevel, keyLogRetentionDays, keyProtect,
		keyForceDestroy, keySignature, keySignatureKey, keySignatureIssuer, keySignatureSubject, keySignatureRoot,
		keyGitHubRepository, keyGitHubProvider, keyStateBucket, keyStateKey,
		inputDays.key, processedDays.key, rejectDays.key, failureDays.key,
	}
	for _, s := range sizes() {
		keys = append(keys, s.timeout().key, s.memory().key, s.concurrency().key)
	}
	return keys
}
