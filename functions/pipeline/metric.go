package pipeline

// MetricNamespace is the CloudWatch namespace of every metric of the pipeline.
const MetricNamespace = "mejan-pipeline"

// MetricDimension is the only dimension of a metric. Its value is the deployed name of the function that published it
// (AWS_LAMBDA_FUNCTION_NAME), so that stages in one account stay apart.
const MetricDimension = "LambdaFunction"

// Unit is a CloudWatch unit.
type Unit string

// Units in use.
const (
	Count   Unit = "Count"
	Percent Unit = "Percent"
	Bytes   Unit = "Bytes"
	NoUnit  Unit = "None"
)

// Metric is a measurement that a function publishes.
type Metric struct {
	Name string
	Unit Unit
	// By is the function that publishes it.
	By Function
	// Meaning says in one sentence what one data point is.
	Meaning string
}

// The metrics of the pipeline.
var (
	RejectedPercentage = Metric{
		"RejectedPercentage", Percent, Ingestor,
		"Share of a file's rows that were refused, 0 to 100; 100 for a file that broke.",
	}
	RecordsValid = Metric{
		"RecordsValid", Count, Ingestor,
		"Rows of a file that passed every check.",
	}
	RecordsRejected = Metric{
		"RecordsRejected", Count, Ingestor,
		"Rows of a file that were refused.",
	}
	FilesIngested = Metric{
		"FilesIngested", Count, Ingestor,
		"A file was ingested and announced.",
	}
	FilesDuplicate = Metric{
		"FilesDuplicate", Count, Ingestor,
		"A file's content had been handled before.",
	}
	FilesRejected = Metric{
		"FilesRejected", Count, Ingestor,
		"Nothing of a file could be used.",
	}
	FilesIgnored = Metric{
		"FilesIgnored", Count, Ingestor,
		"A file under `inputs/` was left alone because of its name.",
	}
	BytesIngested = Metric{
		"BytesIngested", Bytes, Ingestor,
		"Size of an ingested file as stored.",
	}
	BedrockRetryExceeded = Metric{
		"BedrockRetryExceeded", Count, Analyzer,
		"The model did not answer within the allowed tries.",
	}
	NarrationRejected = Metric{
		"NarrationRejected", Count, Analyzer,
		"The model's prose was refused by the gate.",
	}
	NarrationFallback = Metric{
		"NarrationFallback", Count, Analyzer,
		"Generated sentences took the place of the model's prose.",
	}
	TokensIn = Metric{
		"TokensIn", Count, Analyzer,
		"Tokens sent to the model for one analysis.",
	}
	TokensOut = Metric{
		"TokensOut", Count, Analyzer,
		"Tokens received from the model for one analysis.",
	}
	RunCostUSD = Metric{
		"RunCostUSD", NoUnit, Analyzer,
		"What the model charged for one analysis, in US dollars.",
	}
	EmailsSent = Metric{
		"EmailsSent", Count, Notifier,
		"SES accepted a report.",
	}
	EmailsFailed = Metric{
		"EmailsFailed", Count, Notifier,
		"SES refused a report.",
	}
	EmailsUncertain = Metric{
		"EmailsUncertain", Count, Notifier,
		"A report was sent again because it is not known whether the first attempt arrived.",
	}
)

// Metrics lists every metric, in the order of the pipeline.
func Metrics() []Metric {
	return []Metric{
		RejectedPercentage, RecordsValid, RecordsRejected, FilesIngested, FilesDuplicate, FilesRejected, FilesIgnored,
		BytesIngested,
		BedrockRetryExceeded, NarrationRejected, NarrationFallback, TokensIn, TokensOut, RunCostUSD,
		EmailsSent, EmailsFailed, EmailsUncertain,
	}
}
