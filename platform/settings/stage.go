// Package settings holds what differs between stages, typed and checked, and nothing else. Whatever is the same
// everywhere stands where it is used, in package stack.
package settings

import "github.com/mejan/mejan/functions/pipeline"

// Namespace is the configuration namespace of every key here: `mejan:senderEmail`.
const Namespace = "mejan"

// Stage is the settings of one stage.
type Stage struct {
	// Name is the stage's name and that of its Pulumi stack, such as dev.
	Name string
	// SenderEmail is the address that reports come from. SES must have verified it.
	SenderEmail string
	// ReceiverEmails are the addresses that get the report, at least one.
	ReceiverEmails []string
	// AlarmEmail is the address that is told when an alarm fires.
	AlarmEmail string
	// ModelID is the Bedrock model, or inference profile, that writes the prose.
	ModelID string
	// IngestLimits bound what one file may cost the ingestor.
	IngestLimits pipeline.Limits
	// LogLevel is debug, info, warn or error.
	LogLevel string
	// LogRetentionDays is how long CloudWatch keeps log lines.
	LogRetentionDays int
	// Functions holds the size of each function.
	Functions map[pipeline.Function]Function
	// Retention says how long objects are kept.
	Retention Retention
	// Protect keeps data safe from the program itself: Pulumi refuses to delete the buckets and the table, the table
	// refuses to be deleted, and its last 35 days can be restored to the second.
	Protect bool
	// ForceDestroy lets `pulumi destroy` delete buckets and image repositories with all that is in them.
	ForceDestroy bool
}

// Function is the size of one function.
type Function struct {
	TimeoutSeconds int
	MemoryMB       int
	// ReservedConcurrency is both a share of the account's concurrency and a cap; 0 reserves nothing and caps nothing.
	ReservedConcurrency int
}

// Retention is how long objects are kept, in days.
type Retention struct {
	InputDays     int
	ProcessedDays int
	RejectDays    int
	// FailureDays is for records that no function could deliver.
	FailureDays int
}

// Prefix begins the name of everything in the stage: `mejan-dev`.
func (s Stage) Prefix() string { return "mejan-" + s.Name }

// Named is the name of a part of the stage: `mejan-dev-ingestor`.
func (s Stage) Named(part string) string { return s.Prefix() + "-" + part }

// FunctionName is the name of a function as deployed.
func (s Stage) FunctionName(f pipeline.Function) string { return s.Named(string(f)) }
