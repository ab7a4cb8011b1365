package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
)

// startLambda starts a stand-in for Lambda. It says which images the stages run: those of the release that the stub of
// pulumi deployed last. The local clouds cannot say it, since they run images for this machine.
func (w *world) startLambda() {
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		name, _ := strings.CutPrefix(req.URL.Path, "/2015-03-31/functions/mejan-")
		stage, function, _ := strings.Cut(name, "-")
		var release struct {
			Images map[string]string `json:"images"`
		}
		if text, err := os.ReadFile(w.running(stage)); err == nil {
			err = json.Unmarshal(text, &release)
			if err != nil {
				http.Error(rw, err.Error(), http.StatusInternalServerError)
				return
			}
		}
		digest := release.Images[function]
		if digest == "" {
			rw.Header().Set("X-Amzn-ErrorType", "ResourceNotFoundException")
			http.Error(rw, `{"Message":"Function not found"}`, http.StatusNotFound)
			return
		}
		uri := "123456789012.dkr.ecr.us-east-1.amazonaws.com/mejan-" + stage + "/" + function + "@" + digest
		answer(rw, map[string]any{"Code": map[string]any{"ImageUri": uri, "ResolvedImageUri": uri}})
	}))
	w.closers = append(w.closers, server.Close)
	w.lambda = server.URL
}

// running is the file with the release that a stage runs.
func (w *world) running(stage string) string {
	return filepath.Join(w.scratch, "runs-"+stage+".json")
}
