package lambda

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mejan/mejan/local/registry"
)

// Function is what a process is started from.
type Function struct {
	Name string
	ARN  string
	// Image is the unpacked image; its entrypoint is the process. ImageURI is where it came from, by its digest.
	Image    registry.Image
	ImageURI string
	// Env is the function's own environment. It must not set what Lambda sets.
	Env map[string]string
	// Timeout bounds one invocation; 3 s by default, as on AWS.
	Timeout time.Duration
	// MemoryMB is told to the function and in reports; 128 by default. It is not enforced.
	MemoryMB int
	// ReservedConcurrency is how many processes may run at once; further events wait. 4 where it is not above zero.
	ReservedConcurrency int
	// Credentials are those of the function's role.
	Credentials Credentials
	// Endpoint is the address of every AWS service, such as http://127.0.0.1:4566.
	Endpoint string
	// LogGroup is /aws/lambda/<name> by default.
	LogGroup string
}

// Credentials say which role calls.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string
}

// reserved are the variables that AWS refuses in a function's configuration.
var reserved = []string{
	"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV",
	"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
	"AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API",
	"AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
}

func (f Function) validate() error {
	if f.Name == "" {
		return errors.New("no name")
	}
	if len(f.Image.Entrypoint) == 0 {
		return errors.New("its image has no entrypoint")
	}
	for _, name := range slices.Sorted(maps.Keys(f.Env)) {
		if slices.Contains(reserved, name) {
			return fmt.Errorf("%s: %w", name, ErrReservedVariable)
		}
	}
	return nil
}

func (f Function) withDefaults() Function {
	if f.Timeout <= 0 {
		f.Timeout = 3 * time.Second
	}
	if f.MemoryMB <= 0 {
		f.MemoryMB = 128
	}
	if f.ReservedConcurrency <= 0 {
		f.ReservedConcurrency = 4
	}
	if f.LogGroup == "" {
		f.LogGroup = "/aws/lambda/" + f.Name
	}
	return f
}

// region is the part of the ARN that says it.
func (f Function) region() string {
	if parts := strings.Split(f.ARN, ":"); len(parts) > 3 && parts[3] != "" {
		return parts[3]
	}
	return "us-east-1"
}

// environ is the whole environment of a process: that of the image, then the function's, then Lambda's, the later one
// winning. Nothing comes from the machine.
func (f Function) environ(runtimeAPI, stream, scratch string) []string {
	env := []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=en_US.UTF-8", "TZ=:UTC", "TMPDIR=" + scratch}
	env = append(env, f.Image.Env...)
	for _, name := range slices.Sorted(maps.Keys(f.Env)) {
		env = append(env, name+"="+f.Env[name])
	}
	return append(env,
		"AWS_LAMBDA_FUNCTION_NAME="+f.Name,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE="+strconv.Itoa(f.MemoryMB),
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME="+f.LogGroup,
		"AWS_LAMBDA_LOG_STREAM_NAME="+stream,
		"AWS_LAMBDA_RUNTIME_API="+runtimeAPI,
		"AWS_REGION="+f.region(),
		"AWS_DEFAULT_REGION="+f.region(),
		"AWS_ACCESS_KEY_ID="+f.Credentials.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY="+f.Credentials.SecretAccessKey,
		"AWS_SESSION_TOKEN="+f.Credentials.SessionToken,
		"AWS_ENDPOINT_URL="+f.Endpoint,
		"LAMBDA_TASK_ROOT="+f.folder(),
	)
}

// folder is where a process starts.
func (f Function) folder() string { return f.inside(f.Image.WorkDir) }

// inside turns a path of the image into one of this machine, never above the image's root.
func (f Function) inside(name string) string {
	return filepath.Join(f.Image.Root, filepath.FromSlash(path.Clean("/"+name)))
}

// executable is the entrypoint's file on this machine.
func (f Function) executable() string {
	if name := f.Image.Entrypoint[0]; path.IsAbs(name) {
		return f.inside(name)
	}
	return f.inside(path.Join("/", f.Image.WorkDir, f.Image.Entrypoint[0]))
}
