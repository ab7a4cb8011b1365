package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// Environment gives a function the variables that it requires, and no others.
func (s Stage) Environment(f pipeline.Function) (map[string]string, error) {
	all := map[string]string{
		pipeline.EnvIngestLimits:      s.IngestLimits.String(),
		pipeline.EnvStage:             s.Name,
		pipeline.EnvLogLevel:          s.LogLevel,
		pipeline.EnvEventBusName:      s.BusName(),
		pipeline.EnvTableName:         s.AWS.TableName(),
		pipeline.EnvModelID:           s.Model.ID,
		pipeline.EnvModelPrice:        s.Model.Price.String(),
		pipeline.EnvSenderEmail:       s.SenderEmail,
		pipeline.EnvReceiverEmail:     strings.Join(s.ReceiverEmails, ","),
		pipeline.EnvTestReceiverEmail: s.TestReceiverEmail,
	}
	env := make(map[string]string)
	for _, variable := range f.Env() {
		value, ok := all[variable]
		if !ok {
			return nil, fmt.Errorf("environment of the %s: nothing sets %s", f, variable)
		}
		env[variable] = value
	}
	return env, nil
}

// maxEnvironment is Lambda's limit for all variables of a function together, in bytes. Lambda measures the JSON object
// of names and values. It answers a larger one with `… exceeded the 4KB limit. String measured: {"NAME":"value",…}`.
const maxEnvironment = 4096

// environment refuses receivers that do not fit into the notifier's environment. The other functions' variables are
// short.
func (l *loader) environment(s Stage) {
	env, err := s.Environment(pipeline.Notifier)
	if err != nil {
		l.problems = append(l.problems, err)
		return
	}
	var measured bytes.Buffer
	encoder := json.NewEncoder(&measured)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(env); err != nil {
		l.problems = append(l.problems, fmt.Errorf("encode the environment of the notifier: %w", err))
		return
	}
	// The encoder ends the object with a line break.
	if size := measured.Len() - 1; size > maxEnvironment {
		l.problem(keyReceiverEmails, exampleEmails,
			"the notifier's environment takes %d bytes with %d receivers, Lambda allows %d: use a group's address",
			size, len(s.ReceiverEmails), maxEnvironment)
	}
}
