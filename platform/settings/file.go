package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// FromFile reads the settings of a stage from its Pulumi.<stage>.yaml, as [Load] does, without Pulumi. It refuses keys
// that nothing reads, which Pulumi would ignore.
func FromFile(path, stage string) (Stage, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Stage{}, fmt.Errorf("read settings of stage %q: %w", stage, err)
	}
	values, err := parse(data)
	if err != nil {
		return Stage{}, fmt.Errorf("read settings %q:\n%w", path, err)
	}
	return Load(stage, func(key string) string { return values[key] })
}

// parse gives the values of the namespace as Pulumi's configuration API does: scalars as text, lists as JSON.
func parse(data []byte) (map[string]string, error) {
	var file struct {
		Config map[string]yaml.Node `yaml:"config"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	values := make(map[string]string)
	var problems []error
	for full, node := range file.Config {
		key, ours := strings.CutPrefix(full, Namespace+":")
		if !ours {
			continue
		}
		if !slices.Contains(Keys(), key) {
			problems = append(problems, fmt.Errorf("%s: nothing reads this key; there are %s", full, strings.Join(Keys(), ", ")))
			continue
		}
		value, err := text(node)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", full, err))
		}
		values[key] = value
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return values, errors.Join(problems...)
}

func text(node yaml.Node) (string, error) {
	switch node.Kind {
	case yaml.ScalarNode:
		return node.Value, nil
	case yaml.SequenceNode:
		var items []string
		if err := node.Decode(&items); err != nil {
			return "", fmt.Errorf("decode list: %w", err)
		}
		data, err := json.Marshal(items)
		if err != nil {
			return "", fmt.Errorf("encode list: %w", err)
		}
		return string(data), nil
	default:
		return "", errors.New("want a plain value or a list; nothing here is a secret")
	}
}
