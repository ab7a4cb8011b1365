package pipelinetest

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// motoStart bounds how long moto_server may take to say where it listens; a cold Python takes some seconds.
const motoStart = 60 * time.Second

var listening = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// Moto starts a moto_server of the test's own and returns the configuration of its clients. Where moto is not installed
// the test is skipped, and fails where the environment has CI.
func Moto(t *testing.T) aws.Config {
	t.Helper()
	path, err := exec.LookPath("moto_server")
	if err != nil {
		const advice = "moto_server is not installed, this service is NOT checked against it; pip install 'moto[server]'"
		if os.Getenv("CI") != "" {
			t.Fatal(advice)
		}
		t.Skip(advice)
	}
	ctx, cancel := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, path, "-H", "127.0.0.1", "-p", "0")
	server.WaitDelay = 5 * time.Second
	stderr, err := server.StderrPipe()
	if err != nil {
		t.Fatalf("moto_server: %v", err)
	}
	if err := server.Start(); err != nil {
		t.Fatalf("moto_server: %v", err)
	}
	address := make(chan string, 1)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			if url := listening.FindString(lines.Text()); url != "" && len(address) == 0 {
				address <- url
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-drained
		_ = server.Wait() // killed: there is no other way it ends
	})
	select {
	case url := <-address:
		return Endpoint(url)
	case <-drained:
		t.Fatal("moto_server: ended before it listened")
	case <-time.After(motoStart):
		t.Fatalf("moto_server: did not listen within %s", motoStart)
	}
	panic("unreachable")
}

// Endpoint is the configuration of clients of an AWS-shaped endpoint that takes any credentials.
func Endpoint(url string) aws.Config {
	return aws.Config{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(url),
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
}
