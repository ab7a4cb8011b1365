package pipeline

// Function is one of the functions of the pipeline. Its name is that of its folder, its image, its alarms' prefix and
// the `service` of its log lines.
type Function string

// The functions, in the order in which a file meets them.
const (
	Ingestor Function = "ingestor"
	Analyzer Function = "analyzer"
	Notifier Function = "notifier"
)

// Functions lists the functions in the order in which a file meets them.
func Functions() []Function { return []Function{Ingestor, Analyzer, Notifier} }

// Names of environment variables that the functions read and the program sets.
const (
	// EnvStage is the stage's name, such as dev.
	EnvStage = "STAGE"
	// EnvLogLevel is debug, info, warn or error.
	EnvLogLevel = "LOG_LEVEL"
	// EnvEventBusName names the bus that gets [IngestorCompleted].
	EnvEventBusName = "EVENT_BUS_NAME"
	// EnvIngestLimits bounds what one file may cost the ingestor, as [ParseLimits] reads it.
	EnvIngestLimits = "INGEST_LIMITS"
	// EnvTableName names the table of analyses.
	EnvTableName = "TABLE_NAME"
	// EnvModelID is the Bedrock model or inference profile that writes the prose.
	EnvModelID = "MODEL_ID"
	// EnvModelPrice is what the model's tokens cost, as [ParsePrice] reads it.
	EnvModelPrice = "MODEL_PRICE"
	// EnvSenderEmail is the address that the report comes from.
	EnvSenderEmail = "SENDER_EMAIL"
	// EnvReceiverEmail lists the addresses that get the report, separated by commas.
	EnvReceiverEmail = "RECEIVER_EMAIL"
	// EnvTestReceiverEmail is the only address that gets the report of a smoke test.
	EnvTestReceiverEmail = "TEST_RECEIVER_EMAIL"
)

// Env lists the variables that a function requires, all of them, sorted.
func (f Function) Env() []string {
	switch f {
	case Ingestor:
		return []string{EnvEventBusName, EnvIngestLimits, EnvLogLevel, EnvStage}
	case Analyzer:
		return []string{EnvLogLevel, EnvModelID, EnvModelPrice, EnvStage, EnvTableName}
	case Notifier:
		return []string{EnvLogLevel, EnvReceiverEmail, EnvSenderEmail, EnvStage, EnvTableName, EnvTestReceiverEmail}
	default:
		return nil
	}
}
