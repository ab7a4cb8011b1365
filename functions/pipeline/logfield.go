package pipeline

// Names of log fields that code writes or reads in more than one place. Where Powertools for AWS Lambda has a name for
// a field, the field has that name, so that queries made for Powertools work on these lines.
const (
	LogTimestamp     = "timestamp"
	LogLevel         = "level"
	LogMessage       = "message"
	LogService       = "service"
	LogStage         = "stage"
	LogColdStart     = "cold_start"
	LogFunctionName  = "function_name"
	LogMemorySize    = "function_memory_size"
	LogRequestID     = "function_request_id"
	LogTraceID       = "xray_trace_id"
	LogCorrelationID = "correlation_id"
	LogRunID         = "run_id"
	LogSmoke         = "smoke"
)

// LogTimeFormat is the layout of a log line's timestamp, for a time in UTC.
const LogTimeFormat = "2006-01-02T15:04:05.000Z"

// LogLines says which log lines have a field. It is a [Function] for a field that only this function writes.
type LogLines string

// Kinds of log lines, from all of them to those of one function.
const (
	EveryLine     LogLines = "every line"
	RunLines      LogLines = "about one file"
	MetricLines   LogLines = "metrics"
	IngestorLines LogLines = "ingestor"
	AnalyzerLines LogLines = "analyzer"
	NotifierLines LogLines = "notifier"
)

// LogField is a member of a log line.
type LogField struct {
	Name  string
	Type  string
	Lines LogLines
	// When says which of these lines have the field. It is empty for all of them.
	When    string
	Meaning string
	// Powertools means that Powertools for AWS Lambda has a field of the same name and meaning.
	Powertools bool
}

// LogFields lists every field that a function writes, except the metrics, which [Metrics] lists.
func LogFields() []LogField {
	const (
		text, number, boolean = "text", "number", "true or false"
		invoked               = "during an invocation"
		settled               = "the outcome is known"
		analysed              = "`file analysed`"
		sent                  = "`report sent`"
	)
	return []LogField{
		{LogTimestamp, text, EveryLine, "", "When the line was written: RFC 3339 in UTC, with milliseconds.", true},
		{LogLevel, text, EveryLine, "", "`DEBUG`, `INFO`, `WARN` or `ERROR`.", true},
		{LogMessage, text, EveryLine, "", "What happened. `metrics` marks a line of metrics.", true},
		{LogService, text, EveryLine, "", "The function: `ingestor`, `analyzer` or `notifier`.", true},
		{LogStage, text, EveryLine, "", "The stage, such as `dev`.", false},
		{LogFunctionName, text, EveryLine, "on Lambda", "The deployed name, such as `mejan-dev-ingestor`.", true},
		{LogMemorySize, number, EveryLine, "on Lambda", "The function's memory in MB.", true},
		{LogColdStart, boolean, EveryLine, invoked, "True in the first invocation of a process.", true},
		{LogRequestID, text, EveryLine, invoked, "Lambda's id of the invocation.", true},
		{
			LogTraceID, text, EveryLine, invoked + " that has a trace id",
			"The `Root` of the X-Ray trace id, such as `1-5759e988-bd862e3fe1be46a994272793`.", true,
		},

		{LogCorrelationID, text, RunLines, "", "The correlation id of the file, empty if it has none.", true},
		{LogRunID, text, RunLines, "", "The run, empty if the file has none.", false},
		{LogSmoke, boolean, RunLines, "smoke tests", "Always true: the run is a smoke test.", false},

		{"_aws", "object", MetricLines, "", "The metrics of the line, in CloudWatch's embedded metric format.", false},
		{MetricDimension, text, MetricLines, "", "The dimension of the metrics: the deployed name.", false},
		{"not_finite", "list of text", MetricLines, "if any", "Metrics left out because they are no finite number.", false},
		{"reasons", "object", MetricLines, "ingestor, file was read", "How many rows were refused, by code.", false},
		{"warnings", "object", MetricLines, "ingestor, file was read", "How many findings refused no row, by code.", false},

		{"bucket", text, IngestorLines, "about one object", "The bucket of the object.", false},
		{"key", text, IngestorLines, "about one object", "The key of the object.", false},
		{"etag", text, IngestorLines, "about one object", "The ETag of the object.", false},
		{"outcome", text, IngestorLines, settled, "`ingested`, `duplicate`, `rejected` or `ignored`.", false},
		{"raw", number, IngestorLines, settled, "Rows read.", false},
		{"valid", number, IngestorLines, settled, "Rows that passed every check.", false},
		{"invalid", number, IngestorLines, settled, "Rows that were refused.", false},
		{"reason", text, IngestorLines, "no report follows", "Why, and what helps.", false},
		{"broken", text, IngestorLines, "the file broke", "What broke the file, and where.", false},
		{"given", text, IngestorLines, "correlation id replaced", "The correlation id that the uploader set.", false},
		{"error", text, IngestorLines, "after an error", "The error.", false},

		{"symbols", number, AnalyzerLines, analysed, "Symbols in the analysis.", false},
		{"rows", number, AnalyzerLines, analysed, "Rows that the analysis rests on.", false},
		{"as_of", text, AnalyzerLines, analysed, "The date of the latest bar.", false},
		{"narration", text, AnalyzerLines, analysed, "Who wrote the sentences: `model` or `template`.", false},
		{"anomalies", number, AnalyzerLines, analysed, "Anomalies in the analysis.", false},
		{"attempt", number, AnalyzerLines, "model's answer not used", "Which attempt at the model it was, from 1.", false},
		{"key", text, AnalyzerLines, "after an error", "The key of the valid rows.", false},
		{"permanent", boolean, AnalyzerLines, "`file not analysed`", "True if a retry cannot help.", false},
		{"error", text, AnalyzerLines, "after an error", "The error.", false},

		{"sequence_number", text, NotifierLines, "", "The position of the record in the table's stream.", false},
		{"event_name", text, NotifierLines, "record ignored", "`INSERT`, `MODIFY` or `REMOVE`.", false},
		{"message_id", text, NotifierLines, sent, "The id that SES gave the mail.", false},
		{"attempt", number, NotifierLines, sent, "Which attempt at this delivery it was, from 1.", false},
		{"subject", text, NotifierLines, sent, "The subject of the mail.", false},
		{"html_bytes", number, NotifierLines, sent, "The size of the mail's HTML.", false},
		{"permanent", boolean, NotifierLines, "`report not sent`", "True if a retry cannot help.", false},
		{"error", text, NotifierLines, "after an error", "The error.", false},
	}
}
