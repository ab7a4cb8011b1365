package local_test

import (
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
		cloud, err := local.Start(t.Context(), local.Options{Root: root(), Stage: "dev", Addr: "127.0.0.1:0", Images: shared})
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

// A failed start leaves nothing behind either, and says what is wrong.
func TestStartFails(t *testing.T) {
	shared, err := images()
	if err != nil {
		t.Fatal(err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	for want, options := range map[string]local.Options{
		"taken by another?":   {Stage: "dev", Addr: taken.Addr().String()},
		"loopback":            {Stage: "dev", Addr: "0.0.0.0:0"},
		"Pulumi.nowhere.yaml": {Stage: "nowhere", Addr: "127.0.0.1:0"},
	} {
		options.Root, options.Images = root(), shared
		if _, err := local.Start(t.Context(), options); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want %q", err, want)
		}
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
