package local_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/mejan/mejan/local"
)

// built are the images that the stories share, once one has asked for them.
var built *local.Images

// TestMain stops the registry of the images.
func TestMain(m *testing.M) {
	code := m.Run()
	if built != nil {
		if err := built.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// contextOfTests bounds what a story waits for: the first build of the images compiles ko.
func contextOfTests() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 15*time.Minute)
}
