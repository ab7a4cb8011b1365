package lambda

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
)

// Line is one line of a function's log, without its line break.
type Line struct {
	Function string
	// RequestID is the invocation during which it was written; empty when there was none.
	RequestID string
	Time      time.Time
	Text      string
	// Platform tells a line of Lambda from one that the function wrote.
	Platform bool
}

// Status is how an invocation ended.
type Status string

// Statuses of an invocation.
const (
	Success Status = "success"
	Failure Status = "error"
	Timeout Status = "timeout"
)

// Report is one invocation that has ended.
type Report struct {
	Function  string
	RequestID string
	// Source says who invoked, in the words of the caller of [Engine.InvokeAsync]; "stream" or "invoke" otherwise.
	Source string
	// Attempt counts the tries of this event, from 1.
	Attempt int
	Status  Status
	// Error is the error that the function gave as JSON, empty for a success.
	Error   string
	Started time.Time
	// Duration is from the event's delivery to the function's asking for the next one, or to its end.
	Duration time.Duration
	// InitDuration is from the start of the process to its asking for an event; zero where it was running before.
	InitDuration time.Duration
	MemoryMB     int
	// MaxMemoryMB is the process's greatest resident size so far; zero where the system does not tell.
	MaxMemoryMB int
}

// String is the line that Lambda writes.
func (r Report) String() string {
	milliseconds := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	line := fmt.Sprintf("REPORT RequestId: %s\tDuration: %.2f ms\tMemory Size: %d MB\tMax Memory Used: %d MB",
		r.RequestID, milliseconds(r.Duration), r.MemoryMB, r.MaxMemoryMB)
	if r.InitDuration > 0 {
		line += fmt.Sprintf("\tInit Duration: %.2f ms", milliseconds(r.InitDuration))
	}
	if r.Status != Success {
		line += "\tStatus: " + string(r.Status)
	}
	return line
}

// maxLine bounds a line, in bytes; the rest becomes the next line. It is the size of event that CloudWatch Logs always
// took.
const maxLine = 256 << 10

// output reads what a process writes and cuts it into lines.
type output struct {
	pipe *os.File
	emit func(text string)
	done chan struct{}
	line []byte

	mu      sync.Mutex
	waiting []chan struct{}
}

func readOutput(pipe *os.File, emit func(string)) *output {
	o := &output{pipe: pipe, emit: emit, done: make(chan struct{})}
	go o.run()
	return o
}

// flush returns when everything that the process had written before the call has been told. A process writes its last
// line before it answers, so a flush after the answer leaves no line behind.
func (o *output) flush() {
	told := make(chan struct{})
	o.mu.Lock()
	o.waiting = append(o.waiting, told)
	o.mu.Unlock()
	// A deadline in the past is what wakes the reader.
	if o.pipe.SetReadDeadline(time.Unix(1, 0)) != nil {
		<-o.done
		return
	}
	select {
	case <-told:
	case <-o.done:
	}
}

func (o *output) run() {
	defer close(o.done)
	defer o.pipe.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := o.pipe.Read(buffer)
		o.take(buffer[:n])
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			o.drain(buffer)
		case err != nil:
			if len(o.line) > 0 {
				o.emit(string(o.line))
			}
			return
		}
	}
}

// drain takes what lies in the pipe without waiting for more, and tells those who wait. The deadline is lifted before
// the list is taken: whoever joins later sets a deadline that nobody lifts.
func (o *output) drain(buffer []byte) {
	_ = o.pipe.SetReadDeadline(time.Time{})
	o.mu.Lock()
	waiting := o.waiting
	o.waiting = nil
	o.mu.Unlock()
	if raw, err := o.pipe.SyscallConn(); err == nil {
		_ = raw.Read(func(fd uintptr) bool {
			for {
				n, err := syscall.Read(int(fd), buffer)
				if n <= 0 && !errors.Is(err, syscall.EINTR) {
					return true
				}
				o.take(buffer[:max(n, 0)])
			}
		})
	}
	for _, told := range waiting {
		close(told)
	}
}

// take adds bytes to the current line and tells the lines that are complete.
func (o *output) take(data []byte) {
	for len(data) > 0 {
		part, rest, ended := bytes.Cut(data, []byte("\n"))
		if room := maxLine - len(o.line); len(part) > room {
			part, rest, ended = data[:room], data[room:], true
		}
		o.line = append(o.line, part...)
		data = rest
		if ended {
			o.emit(string(o.line))
			o.line = o.line[:0]
		}
	}
}
