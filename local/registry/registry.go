// Package registry is the part of the local cloud that keeps images: an in-process OCI registry on loopback, and the
// unpacking of an image into a folder that a process can start from.
package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"runtime"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/mejan/mejan/local/wire"
)

// Registry is an OCI registry in this process. It keeps everything in memory and forgets it when it is closed.
type Registry struct {
	address string
	server  *http.Server
	done    chan error
}

// Start opens a registry on a free port of the loopback interface. Close it.
func Start(ctx context.Context) (*Registry, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the registry: %w", err)
	}
	silent := log.New(io.Discard, "", 0)
	r := &Registry{
		address: listener.Addr().String(),
		server: &http.Server{
			Handler:           wire.ProgramsOnly(registry.New(registry.Logger(silent))),
			ErrorLog:          silent,
			ReadHeaderTimeout: 10 * time.Second,
		},
		done: make(chan error, 1),
	}
	go func() { r.done <- r.server.Serve(listener) }()
	return r, nil
}

// Address is the registry's host and port.
func (r *Registry) Address() string { return r.address }

// Repo is where a build for this registry puts its images: each becomes `<Repo>/<function>`.
func (r *Registry) Repo() string { return r.address + "/mejan" }

// Close stops the registry and waits until nothing of it runs.
func (r *Registry) Close() error {
	if err := r.server.Close(); err != nil {
		return fmt.Errorf("close the registry: %w", err)
	}
	if err := <-r.done; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the registry: %w", err)
	}
	return nil
}

// HostPlatform is the platform of images that this machine can start, such as linux/amd64.
func HostPlatform() string { return runtime.GOOS + "/" + runtime.GOARCH }
