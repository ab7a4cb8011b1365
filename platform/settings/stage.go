// Package settings holds what differs between stages, typed and checked, and nothing else. What is the same in every
// stage stands where it is used, in package stack.
package settings

import "github.com/mejan/mejan/functions/pipeline"

// Stage is the settings of one stage.
type Stage struct {
	// Name is the stage's name and that of its Pulumi stack, such as dev.
	Name string
	// AWS says where the stage lives.
	AWS AWS
	// SenderEmail is the address that reports come from. SES must have verified it. Like every address here it is ASCII,
	// with the domain in lower case.
	SenderEmail string
	// ReceiverEmails are the addresses that get the report: at least one, each once.
	ReceiverEmails []string
	// TestReceiverEmail is the only address that gets the report of a smoke test.
	TestReceiverEmail string
	// AlarmEmail is the address that gets the alarms.
	AlarmEmail string
	// Model is the Bedrock model that writes the prose.
	Model Model
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
	// Protect keeps what cannot be restored safe from the program itself: Pulumi refuses to delete the buckets, the table,
	// the logs, the dead-letter queues, the images and the alarm topic. The table also refuses to be deleted in AWS, and
	// its last 35 days can be restored to the second.
	Protect bool
	// ForceDestroy lets `pulumi destroy` delete buckets and image repositories with their content. It is the opposite of
	// Protect: a stage with neither could be destroyed only half-way, up to the first bucket that holds an object.
	ForceDestroy bool
	// Signature says who must have signed the images. The program that deploys them does not look at it: they are verified
	// when they are promoted, and before a deployment.
	Signature Signature
	// GitHub says which workflows may act on the stage. It is empty by default: none may.
	GitHub GitHub
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
func (s Stage) Prefix() string { return s.AWS.Prefix }

// Named is the name of a part of the stage: `mejan-dev-analyses`.
func (s Stage) Named(part string) string { return s.AWS.named(part) }

// FunctionName is the name of a function as deployed: `mejan-dev-ingestor`.
func (s Stage) FunctionName(f pipeline.Function) string { return s.AWS.FunctionName(f) }

// RoleName is the name of a function's role: `mejan-dev-ingestor-us-east-1`. It carries the region because the roles of
// an account share one set of names, while all else may have the same name in each region.
func (s Stage) RoleName(f pipeline.Function) string { return s.FunctionName(f) + "-" + s.AWS.Region }

// BusName is the name of the event bus.
func (s Stage) BusName() string { return s.Prefix() }

// TableName is the name of the table of analyses.
func (a AWS) TableName() string { return a.named("analyses") }

// DataBucket is what the name of the bucket of data begins with: `mejan-dev-data`. A random end follows.
func (a AWS) DataBucket() string { return a.named("data") }

// FunctionName is the name of a function as deployed: `mejan-dev-ingestor`.
func (a AWS) FunctionName(f pipeline.Function) string { return a.named(string(f)) }

func (a AWS) named(part string) string { return a.Prefix + "-" + part }
