package wire

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// ProgramsOnly serves the programs of this machine and refuses requests that a web page in its browser may have sent.
// Every listener of the local cloud serves through it, or through a [Front], which does the same.
//
// A page cannot help but send its Origin with whatever is not a plain GET. A plain GET shows no sign of the page, so a
// GET that has an effect needs a secret in its path.
func ProgramsOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !refuseWeb(w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

// refuseWeb answers a request of a web page, and reports whether it did. A host that is not this machine's is a name of
// the web that leads here (DNS rebinding).
func refuseWeb(w http.ResponseWriter, r *http.Request) bool {
	if !LocalHost(r.Host) {
		http.Error(w, fmt.Sprintf("The local cloud answers to 127.0.0.1 and localhost, not to %q.", r.Host),
			http.StatusMisdirectedRequest)
		return true
	}
	if r.Header.Get("Origin") != "" {
		http.Error(w, "The local cloud does not serve calls from web pages.", http.StatusForbidden)
		return true
	}
	return false
}

// LocalHost reports whether a Host header names this machine, with or without a port.
func LocalHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if address, err := netip.ParseAddr(host); err == nil {
		return address.IsLoopback()
	}
	return strings.EqualFold(host, "localhost")
}
