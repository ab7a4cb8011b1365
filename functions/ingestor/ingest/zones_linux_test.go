package ingest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// inEmptyRoot tells the test that it runs with its own program as the only file of the system.
const inEmptyRoot = "MEJAN_TEST_IN_EMPTY_ROOT"

// Promise: time zones are known in an image that has no file but the program.
func TestZonesInEmptyImage(t *testing.T) {
	if os.Getenv(inEmptyRoot) != "" {
		now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
		if name, _ := new(zones).in(now, "America/New_York").Zone(); name != "EDT" {
			t.Errorf("the zone of New York in July is %q, want EDT", name)
		}
		return
	}
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "program"), program, 0o755); err != nil {
		t.Fatal(err)
	}
	inside := exec.CommandContext(t.Context(), "/program", "-test.run=^"+t.Name()+"$")
	inside.Dir, inside.Env = "/", []string{inEmptyRoot + "=1"}
	inside.SysProcAttr = &syscall.SysProcAttr{
		Chroot: root, Cloneflags: syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, err := inside.CombinedOutput()
	switch {
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.ENOENT):
		t.Skipf("needs user namespaces and a program without cgo: %v", err)
	case err != nil:
		t.Errorf("%v: %s", err, out)
	}
}
