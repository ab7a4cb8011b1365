package local_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mejan/mejan/local"
)

// A cloud that is closed leaves nothing behind: no address, no data. Two may run side by side until then.
func TestClose(t *testing.T) {
	shared, err := images()
	if err != nil {
		t.Fatal(err)
	}
	var clouds []*local.Cloud
	for range 2 {
		cloud, err := local.Start(t.Context(), local.Options{Root: root(), Stage: "dev", Listener: listen(t), Images: shared})
		if err != nil {
			t.Fatal(err)
		}
		clouds = append(clouds, cloud)
	}
	sample := filepath.Join(root(), "samples", "us-stocks-1week.json")
	for _, cloud := range clouds {
		file, err := cloud.Upload(t.Context(), sample, "inputs/weekly.json")
		if err != nil || file.Outcome != local.Analysed || len(file.Mails) != 1 {
			t.Errorf("%+v, %v; want one analysis and one mail in each", file, err)
		}
	}
	for _, cloud := range clouds {
		if err := cloud.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(cloud.Data()); !os.IsNotExist(err) {
			t.Errorf("data is left: %v", err)
		}
		if conn, err := net.Dial("tcp", strings.TrimPrefix(cloud.URL(), "http://")); err == nil {
			_ = conn.Close()
			t.Errorf("%s still answers", cloud.URL())
		}
	}
}

// listen takes a free port for a cloud.
func listen(t interface{ Fatalf(string, ...any) }) net.Listener {
	listener, err := local.Listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		t.Fatalf("%v", err)
	}
	return listener
}

// A failed start leaves nothing behind either, not even its address, and says what is wrong.
func TestStartFails(t *testing.T) {
	shared, err := images()
	if err != nil {
		t.Fatal(err)
	}
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "logs.jsonl"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, options := range map[string]local.Options{
		"Pulumi.nowhere.yaml":           {Stage: "nowhere"},
		"not from an earlier run":       {Stage: "dev", Data: foreign},
		"not a directory; name another": {Stage: "dev", Data: filepath.Join(foreign, "logs.jsonl")},
	} {
		options.Root, options.Images, options.Listener = root(), shared, listen(t)
		if _, err := local.Start(t.Context(), options); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want %q", err, want)
		}
		if conn, err := net.Dial("tcp", options.Listener.Addr().String()); err == nil {
			_ = conn.Close()
			t.Errorf("%q: the address is still taken", want)
		}
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if got, err := os.ReadFile(filepath.Join(foreign, "logs.jsonl")); err != nil || string(got) != "mine" {
		t.Errorf("a file of somebody else is now %q, %v", got, err)
	}
}

// An address that others could reach, or that another program has, is refused.
func TestListen(t *testing.T) {
	taken := listen(t)
	defer taken.Close()
	for addr, want := range map[string]string{
		taken.Addr().String(): "taken by another?", "0.0.0.0:0": "loopback", "nowhere": "missing port",
	} {
		if l, err := local.Listen(t.Context(), addr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v; want %q", addr, l, err, want)
		}
	}
}
