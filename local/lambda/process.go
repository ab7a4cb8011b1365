package lambda

import (
	"fmt"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"time"
)

// process is one running copy of a function. It handles one event at a time.
type process struct {
	engine   *Engine
	function Function
	command  *exec.Cmd
	api      *runtimeAPI
	output   *output
	scratch  string
	// current is the id of the invocation that the process is busy with.
	current atomic.Pointer[string]
	// ended is closed once the process is gone and its last line was told; exit then holds why.
	ended chan struct{}
	exit  string

	started time.Time
	asked   bool
}

// startProcess starts a function. It does not wait until the function is ready.
func startProcess(engine *Engine, function Function) (*process, error) {
	p := &process{engine: engine, function: function, ended: make(chan struct{})}
	var err error
	if p.scratch, err = os.MkdirTemp("", "mejan-lambda-"); err != nil {
		return nil, fmt.Errorf("make temporary folder: %w", err)
	}
	if p.api, err = serveRuntime(function); err != nil {
		_ = os.RemoveAll(p.scratch)
		return nil, err
	}
	if err = p.start(); err != nil {
		p.api.close()
		_ = os.RemoveAll(p.scratch)
		return nil, err
	}
	return p, nil
}

func (p *process) start() error {
	reader, writer, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("make pipe: %w", err)
	}
	// The process has its own copy; without ours, the pipe ends with it.
	defer writer.Close()
	stream := time.Now().UTC().Format("2006/01/02/[$LATEST]") + entropy(16)
	p.command = &exec.Cmd{
		Path:        p.function.executable(),
		Args:        p.function.Image.Entrypoint,
		Env:         p.function.environ(p.api.address, stream, p.scratch),
		Dir:         p.function.folder(),
		Stdout:      writer,
		Stderr:      writer,
		SysProcAttr: attributes(),
	}
	p.started = time.Now()
	if err := p.engine.spawner.start(p.command); err != nil {
		_ = reader.Close()
		return fmt.Errorf("start %q: %w", p.command.Path, err)
	}
	p.output = readOutput(reader, func(text string) { p.log(text, false) })
	go p.wait()
	return nil
}

// wait notices the end of the process.
func (p *process) wait() {
	defer close(p.ended)
	p.exit = "exit status 0"
	if err := p.command.Wait(); err != nil {
		p.exit = err.Error()
	}
	// What it started goes with it, and with that the last writer of the pipe, unless one left the group.
	p.signal(syscall.SIGKILL)
	leftover := time.AfterFunc(grace, func() { _ = p.output.pipe.Close() })
	defer leftover.Stop()
	<-p.output.done
}

// signal reaches the process and all that it started.
func (p *process) signal(signal syscall.Signal) { _ = syscall.Kill(-p.command.Process.Pid, signal) }

// grace is how long a process has between being asked to end and being killed.
const grace = 500 * time.Millisecond

// close ends the process, if it has not ended, and clears up after it.
func (p *process) close() {
	select {
	case <-p.ended:
	default:
		p.signal(syscall.SIGTERM)
		late := time.AfterFunc(grace, func() { p.signal(syscall.SIGKILL) })
		<-p.ended
		late.Stop()
	}
	p.api.close()
	_ = os.RemoveAll(p.scratch)
}

// kill ends the process at once and waits for its end.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.ended
}

func (p *process) log(text string, platform bool) {
	id := ""
	if current := p.current.Load(); current != nil {
		id = *current
	}
	p.engine.options.Logs(Line{
		Function: p.function.Name, RequestID: id, Time: time.Now(), Text: text, Platform: platform,
	})
}
