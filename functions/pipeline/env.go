package pipeline

import (
	"errors"
	"fmt"
)

// Load reads the variables that f requires by lookup, such as os.LookupEnv. Its error names every one that is missing
// or empty, not the first.
func (f Function) Load(lookup func(name string) (string, bool)) (map[string]string, error) {
	env := make(map[string]string)
	var missing []error
	for _, name := range f.Env() {
		value, _ := lookup(name)
		if value == "" {
			missing = append(missing, fmt.Errorf("environment variable %s: not set, %s requires it", name, f))
		}
		env[name] = value
	}
	return env, errors.Join(missing...)
}
