//go:build linux

package local_test

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mejan/mejan/local"
)

// No web page reaches the local cloud, whichever of its listeners it finds: not under a name of the web, not with an
// Origin, and the events of a function are only for who knows the secret of its Runtime API. The listeners are those
// that the system knows of, so a new one is tried as well.
func TestListeners(t *testing.T) {
	shared, err := images()
	if err != nil {
		t.Fatal(err)
	}
	cloud, err := local.Start(t.Context(), local.Options{Root: root(), Stage: "dev", Listener: listen(t), Images: shared})
	if err != nil {
		t.Fatal(err)
	}
	defer cloud.Close()
	if _, err := cloud.Upload(t.Context(), filepath.Join(root(), "samples", "us-stocks-1week.json"), "inputs/x.json"); err != nil {
		t.Fatal(err)
	}
	all := listeners(t)
	if want := 5; len(all) < want { // the front, the registry, and the Runtime API of three functions
		t.Errorf("%d listeners, want at least %d", len(all), want)
	}
	for _, address := range all {
		if !address.Addr().IsLoopback() {
			t.Errorf("%v: others can reach it", address)
		}
		for _, c := range []struct {
			method, path, host, origin string
			want                       int
		}{
			{http.MethodGet, "/", "evil.example", "", http.StatusMisdirectedRequest},
			{http.MethodGet, "/v2/", "evil.example:80", "", http.StatusMisdirectedRequest},
			{http.MethodPost, "/v2/x/blobs/uploads/", address.String(), "http://evil.example", http.StatusForbidden},
			{http.MethodGet, "/", address.String(), "null", http.StatusForbidden},
		} {
			if got := request(t, address, c.method, c.path, c.host, c.origin); got != c.want {
				t.Errorf("%v: %+v: status %d", address, c, got)
			}
		}
		if got := request(t, address, http.MethodGet, "/2018-06-01/runtime/invocation/next", address.String(), ""); got != http.StatusNotFound {
			t.Errorf("%v: somebody else's event: status %d, want 404", address, got)
		}
	}
}

func request(t *testing.T, address netip.AddrPort, method, path, host, origin string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // who waits for an event would wait for ever
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, fmt.Sprintf("http://%v%s", address, path), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Errorf("%s %s: %v", method, r.URL, err)
		return 0
	}
	response.Body.Close()
	return response.StatusCode
}

// listeners are the addresses that this process accepts connections at, as the system knows them (proc(5)).
func listeners(t *testing.T) []netip.AddrPort {
	t.Helper()
	ours := make(map[string]bool)
	descriptors, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range descriptors {
		if target, err := os.Readlink(d); err == nil {
			ours[target] = true
		}
	}
	var found []netip.AddrPort
	for _, table := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			const local, state, inode, listening = 1, 3, 9, "0A"
			if fields[state] == listening && ours["socket:["+fields[inode]+"]"] {
				found = append(found, parseAddress(t, fields[local]))
			}
		}
	}
	return found
}

// parseAddress reads an address as the kernel writes it: words of 32 bits in the machine's order, then the port.
func parseAddress(t *testing.T, text string) netip.AddrPort {
	t.Helper()
	ip, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(ip + port)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+4 < len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	n := len(raw) - 2
	address, ok := netip.AddrFromSlice(raw[:n])
	if !ok {
		t.Fatalf("address %q", text)
	}
	return netip.AddrPortFrom(address, binary.BigEndian.Uint16(raw[n:]))
}
