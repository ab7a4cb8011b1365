package main

// section is one part of the page. Everything but its title and lead comes from the source.
type section struct {
	title string
	lead  string
	// names are exported identifiers of the contract, in the order in which the section shows them: structs become
	// tables of fields, string types tables of values, functions paragraphs, constants rows of one table.
	names []string
	// extra appends what the source alone cannot show.
	extra func(*page)
}

// outline orders the contract by the way of a file through the pipeline.
func outline() []section {
	return []section{
		{
			title: "Objects",
			lead:  "Everything lies in one bucket. The part of a key before the name says what the object is.",
			names: []string{
				"InputPrefix", "ReplayPrefix", "ProcessedPrefix", "MarkerPrefix", "RejectsPrefix", "AnalysesPrefix",
				"IsInput", "IsFolder", "MarkerKey", "ProcessedKey", "RejectsKey", "ReplayKey", "AnalysisKey",
			},
		},
		{
			title: "Names of a run",
			lead:  "A run is the work on one content. Its two names are fixed once and found in all that comes of it.",
			names: []string{
				"RunID", "CorrelationMetadata", "SmokeMetadata", "CorrelationHeader", "RunHeader", "ValidCorrelationID",
			},
		},
		{
			title: "Versions",
			lead:  "All that crosses a boundary carries the version of its shape: `schema`.",
			names: []string{"Schema", "CheckSchema"},
		},
		{
			title: "Valid rows",
			lead:  "Objects under `processed/` are JSON Lines: one of these to a line, in the order of the source.",
			names: []string{"Bar", "Series", "Decimal", "SplitLikeJump", "Scale100x"},
		},
		{
			title: "Refused rows",
			lead:  "Objects under `rejects/` are JSON Lines as well. Nothing is dropped without a line here.",
			names: []string{"Reject", "SeriesMeta", "Reason", "Source", "MaxRaw"},
		},
		{
			title: "Codes",
			lead: "Each finding has a code: of a check, of an anomaly or of a data problem. The table below says what a code " +
				"means. The mail, the terminal and the generated sentences take their words from it. A code that is not in " +
				"it was written by another version: show it as it is.",
			names: []string{"Level", "About", "Measure"},
			extra: (*page).codes,
		},
		{
			title: "Register and marker",
			lead:  "The object at `processed/hashes/<etag>` begins as a register and ends as the marker that all is done.",
			names: []string{"Marker", "State", "Rows", "Outcome"},
		},
		{
			title: "Event",
			lead:  "One event announces each ingested file. It may come more than once, always with the same content.",
			names: []string{"EventSource", "EventDetailType", "IngestorCompleted", "BucketRef"},
			extra: (*page).eventExample,
		},
		{
			title: "Analysis",
			lead:  "One item of the table for each run. It is the record of the analysis and the outbox of the mail.",
			names: []string{
				"Item", "RowCounts", "Quality",
				"Insight", "FigureLevel", "Range", "Trend", "Direction", "Strength", "MACD", "Drawdown",
				"Anomaly", "AnomalyKind", "DataProblem", "Aggregates", "Breadth", "Turbulence", "TurbulenceMethod",
				"Correlation", "Pair", "Group", "InsightsObject", "FullInsights",
				"Sentiment", "Mover", "Narration", "NarrationSource", "Sentence", "Delivery", "DeliveryState",
				"Receiver",
			},
		},
		{
			title: "What a report draws",
			lead:  "The item holds it, because a report is made of the item alone.",
			names: []string{"Drawing", "MaxDrawn", "Closes", "Chart", "DrawnBar"},
		},
		{
			title: "The last report",
			lead:  "An analysis is compared with the last one of the same series.",
			names: []string{"ReportsIndex", "Fingerprint", "LastReport", "MaxTurned", "Turn"},
		},
		{
			title: "Facts for the model",
			lead: "The model gets these and nothing else, and writes sentences with placeholders. It never sees a price it " +
				"could misquote without the gate knowing the true one.",
			names: []string{"Facts", "Figure"},
		},
		{
			title: "Metrics",
			lead: "Functions print metrics as lines in CloudWatch's embedded metric format; no call is made and no " +
				"permission needed. [logs.md](logs.md) lists the other fields of these lines.",
			names: []string{"MetricNamespace", "MetricDimension"},
			extra: (*page).metrics,
		},
		{
			title: "Functions and their environment",
			lead:  "A function that misses one of its variables does not start, and names every one that it misses.",
			names: []string{"Function"},
			extra: (*page).environment,
		},
	}
}

// unlisted are exported names that are for Go code and say nothing to somebody who integrates over AWS. A section's
// extra may still show them.
func unlisted() []string {
	return []string{
		"Names", "NewNames", "NewFingerprint", "MovedMost", "Code", "Codes", "CodeOf", "ReceiverID",
		"Functions", "IsSmoke", "Permanent",
		"Prose", "Limits", "ParseLimits", "DefaultLimits", "Metric", "Metrics", "Unit", "NewCorrelationID",
		"LogTimestamp", "LogLevel", "LogMessage", "LogService", "LogStage", "LogColdStart", "LogFunctionName",
		"LogMemorySize", "LogRequestID", "LogTraceID", "LogCorrelationID", "LogRunID", "LogSmoke", "LogTimeFormat",
		"LogLines", "LogField", "LogFields",
		"WhyIgnored", "IsRows", "ValidRunID", "CorrelationIDForm",
		"EnvStage", "EnvLogLevel", "EnvEventBusName", "EnvIngestLimits", "EnvTableName", "EnvModelID", "EnvModelPrice",
		"EnvSenderEmail", "EnvReceiverEmail", "EnvTestReceiverEmail", "ParseAddress", "MaxReceivers", "Price", "ParsePrice",
	}
}
