package images

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Toolchain is the version of Go that .ko.yaml of a checkout pins, such as go1.26.8. It compiles the functions, and ko,
// which compresses their layers.
func Toolchain(root string) (string, error) {
	path := filepath.Join(root, ".ko.yaml")
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("look for the version of Go (git checkout -- .ko.yaml): %w", err)
	}
	var config struct {
		Env []string `yaml:"defaultEnv"`
	}
	if err := yaml.Unmarshal(data, &config); err != nil {
		return "", fmt.Errorf("read %q (git checkout -- .ko.yaml): %w", path, err)
	}
	for _, variable := range slices.Backward(config.Env) {
		if version, found := strings.CutPrefix(variable, "GOTOOLCHAIN="); found {
			return version, nil
		}
	}
	return "", fmt.Errorf("%q has no GOTOOLCHAIN in defaultEnv: git checkout -- .ko.yaml", path)
}
