package settings

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// FromPulumi reads the settings of a stage as Pulumi hands them to the program: the configuration, and the list of keys
// that are secret, both as the JSON text of their environment variable, PULUMI_CONFIG and PULUMI_CONFIG_SECRET_KEYS.
// They are read from there because the SDK gives a value by its key only, and a misspelt key would never be asked for.
func FromPulumi(stage, configJSON, secretKeysJSON string) (Stage, error) {
	config := make(map[string]string)
	var secret []string
	if configJSON != "" {
		if err := json.Unmarshal([]byte(configJSON), &config); err != nil {
			return Stage{}, fmt.Errorf("decode the configuration that Pulumi handed over: %w", err)
		}
	}
	if secretKeysJSON != "" {
		if err := json.Unmarshal([]byte(secretKeysJSON), &secret); err != nil {
			return Stage{}, fmt.Errorf("decode the secret keys that Pulumi handed over: %w", err)
		}
	}
	l := loader{stage: stage, config: config, secret: secret}
	return l.load()
}

// FromFile reads the settings of a stage from its Pulumi.<stage>.yaml. It accepts and refuses what [FromPulumi] does.
func FromFile(path, stage string) (Stage, error) {
	l, err := open(path, stage)
	if err != nil {
		return Stage{}, err
	}
	return l.load()
}

// LocalFromFile is [FromFile] for the local cloud and for tests, which send no mail: an address that is not set is a
// placeholder, and an address at an example domain is accepted.
func LocalFromFile(path, stage string) (Stage, error) {
	l, err := open(path, stage)
	if err != nil {
		return Stage{}, err
	}
	l.local = true
	for key, address := range placeholders {
		if l.config[key] == "" {
			l.config[key] = address
		}
	}
	return l.load()
}

// placeholders are the addresses of a stage in the local cloud.
var placeholders = map[string]string{
	keySenderEmail:    "reports@example.com",
	keyReceiverEmails: "stakeholders@example.com,trading-desk@example.com",
	keyAlarmEmail:     "oncall@example.com",
}

func open(path, stage string) (*loader, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read settings of stage %q: %w; pulumi stack init %s", stage, err, stage)
	}
	l := &loader{stage: stage}
	if l.config, l.secret, err = parse(data); err != nil {
		return nil, fmt.Errorf("read settings %q: %w", path, err)
	}
	return l, nil
}

// parse gives the values of a stage's file as Pulumi hands them over: a scalar as its text, a list as JSON. Any other
// value becomes `{}`, since no key that is read here takes one. A secret is listed.
func parse(data []byte) (config map[string]string, secret []string, err error) {
	var file struct {
		Config map[string]yaml.Node `yaml:"config"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		return nil, nil, fmt.Errorf("decode: %w", err)
	}
	config = make(map[string]string)
	for key, node := range file.Config {
		// Pulumi, too, takes a key without a namespace for one of the project.
		if !strings.Contains(key, ":") {
			key = Namespace + ":" + key
		}
		config[key] = text(node)
		if isSecret(node) {
			secret = append(secret, key)
		}
	}
	return config, secret, nil
}

func text(node yaml.Node) string {
	if node.Kind == yaml.ScalarNode {
		return node.Value
	}
	var items []string
	if node.Kind == yaml.SequenceNode && node.Decode(&items) == nil {
		if list, err := json.Marshal(items); err == nil {
			return string(list)
		}
	}
	return "{}"
}

// isSecret reports whether a mapping is `secure: <ciphertext>`.
func isSecret(node yaml.Node) bool {
	return node.Kind == yaml.MappingNode && slices.ContainsFunc(node.Content, func(n *yaml.Node) bool {
		return n.Value == "secure"
	})
}

// list reads a list that is a JSON array or separated by commas.
func list(value string) ([]string, error) {
	var items []string
	if strings.HasPrefix(value, "[") {
		decoder := json.NewDecoder(strings.NewReader(value))
		decoder.UseNumber()
		var array []any
		if err := decoder.Decode(&array); err != nil {
			return nil, fmt.Errorf("%q is not a list: %w", value, err)
		}
		for _, item := range array {
			items = append(items, fmt.Sprint(item))
		}
	} else if value != "" {
		items = strings.Split(value, ",")
	}
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	return items, nil
}
