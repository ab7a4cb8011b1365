package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/mejan/mejan/tools/rehearsal/clone"
)

// patience bounds how long a program may take to be ready: it may compile images on a busy machine.
const patience = 10 * time.Minute

// startMoto starts moto, which answers for accounts and repositories, and makes the repositories of all stages.
func (w *world) startMoto(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return err
	}
	_, port, _ := strings.Cut(address, ":")
	moto := exec.CommandContext(ctx, "moto_server", "-H", "127.0.0.1", "-p", port)
	if err := w.start(moto); err != nil {
		return err
	}
	w.moto = "http://" + address
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if connection, err := new(net.Dialer).DialContext(ctx, "tcp", address); err == nil {
			_ = connection.Close()
			break
		}
		if time.Now().After(end) {
			return errors.New("moto_server does not answer")
		}
	}
	for _, stage := range []string{"dev", "uat", "prod"} {
		for _, function := range []string{"ingestor", "analyzer", "notifier"} {
			if err := w.makeRepository(ctx, "mejan-"+stage+"/"+function); err != nil {
				return err
			}
		}
	}
	return nil
}

// makeRepository asks as the AWS CLI would. moto takes any signature, and tells the service by it.
func (w *world) makeRepository(ctx context.Context, name string) error {
	body := fmt.Sprintf(`{"repositoryName":%q,"imageTagMutability":"IMMUTABLE"}`, name)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.moto, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.CreateRepository")
	request.Header.Set("Authorization",
		"AWS4-HMAC-SHA256 Credential=rehearsal/20260101/us-east-1/ecr/aws4_request, SignedHeaders=host, Signature=none")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(answer.Body)
		return fmt.Errorf("make repository %s: %s: %s", name, answer.Status, text)
	}
	return nil
}

var consoleAddress = regexp.MustCompile(`Console: (http://\S+)`)

// startCloud starts the local cloud of a stage, once. It has the stage's names, and images for this machine.
func (w *world) startCloud(ctx context.Context, stage string) error {
	if w.clouds[stage] != "" {
		return nil
	}
	cloud := exec.CommandContext(ctx, filepath.Join(w.root, "bin", "mejan-cloud"), "local", "--settings", stage,
		"--addr", "127.0.0.1:0")
	cloud.Dir, cloud.Env = w.tree, clone.Environment(os.Environ())
	said, err := cloud.StdoutPipe()
	if err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(w.scratch, "cloud-"+stage+".log"))
	if err != nil {
		return err
	}
	w.closers = append(w.closers, func() { log.Close() })
	cloud.Stderr = log
	if err := w.start(cloud); err != nil {
		return err
	}
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if found := consoleAddress.FindStringSubmatch(lines.Text()); found != nil {
			w.clouds[stage] = found[1]
			go func() { _, _ = io.Copy(io.Discard, said) }()
			return nil
		}
	}
	text, _ := os.ReadFile(log.Name())
	return fmt.Errorf("the local cloud of %s did not start:\n%s", stage, text)
}

// start starts a program that runs until the end of the rehearsal.
func (w *world) start(program *exec.Cmd) error {
	program.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := program.Start(); err != nil {
		return err
	}
	w.closers = append(w.closers, func() {
		_ = syscall.Kill(-program.Process.Pid, syscall.SIGTERM)
		_ = program.Wait() // the signal ended it
	})
	return nil
}
