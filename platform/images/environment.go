package images

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// foreign are variables of the caller that would change what the compiler makes, or that ko refuses next to --platform.
var foreign = []string{
	"GOOS", "GOARCH", "GOARM", "GOARM64", "GOAMD64", "GO386", "GOEXPERIMENT", "GOFIPS140", "GOFLAGS", "GOWORK",
	"CGO_ENABLED", "SOURCE_DATE_EPOCH", "KO_DATA_DATE_EPOCH",
}

// cleanEnv removes from an environment the variables that would change a build.
func cleanEnv(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(foreign, name) || (strings.HasPrefix(name, "KO_") && name != "KO_GO_PATH") || name == "KOCACHE"
	})
}

// modules are the settings of the go command that say where modules come from and where it keeps things. They change no
// image.
var modules = []string{
	"GOPROXY", "GONOPROXY", "GOPRIVATE", "GOSUMDB", "GONOSUMDB", "GOINSECURE", "GOAUTH", "GOVCS", "GOPATH", "GOMODCACHE",
	"GOCACHE", "GOTMPDIR",
}

// goSettings returns variables that replace the file of `go env -w`. Of the settings in that file, a build uses only
// those in modules. Emptying the others would not do: where a variable is empty, the go command reads the file.
func goSettings(ctx context.Context, root string) ([]string, error) {
	ask := command(ctx, "go", append([]string{"env", "-json"}, modules...)...)
	ask.Dir = root
	var stdout, stderr bytes.Buffer
	ask.Stdout, ask.Stderr = &stdout, &stderr
	if err := ask.Run(); err != nil {
		return nil, fmt.Errorf("ask go env for its settings: %w\n%s", err, bytes.TrimSpace(stderr.Bytes()))
	}
	var values map[string]string
	if err := json.Unmarshal(stdout.Bytes(), &values); err != nil {
		return nil, fmt.Errorf("read the settings of go env: %w", err)
	}
	env := []string{"GOENV=off"}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		env = append(env, name+"="+values[name])
	}
	return env, nil
}
