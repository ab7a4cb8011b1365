package measure

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// ticksPerSecond is the unit of times in /proc on every architecture that Go runs on.
const ticksPerSecond = 100

// Used returns what a running process has used so far, to a hundredth of a second.
func Used(pid int) (Cost, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return Cost{}, err
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return Cost{}, err
	}
	return parseUsed(string(status), string(stat))
}

// parseUsed reads two files of proc(5).
func parseUsed(status, stat string) (Cost, error) {
	_, rest, found := strings.Cut(status, "VmHWM:")
	if !found {
		return Cost{}, fmt.Errorf("no VmHWM in %q", status)
	}
	peak, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		return Cost{}, fmt.Errorf("read VmHWM: %w", err)
	}
	// The name of the program may hold anything; what follows its bracket is numbered from 3.
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	const utime, stime = 14 - 3, 15 - 3
	if len(fields) <= stime {
		return Cost{}, fmt.Errorf("read times: %d fields in %q", len(fields), stat)
	}
	user, err := strconv.ParseInt(fields[utime], 10, 64)
	if err != nil {
		return Cost{}, fmt.Errorf("read user time: %w", err)
	}
	system, err := strconv.ParseInt(fields[stime], 10, 64)
	if err != nil {
		return Cost{}, fmt.Errorf("read system time: %w", err)
	}
	const tick = time.Second / ticksPerSecond
	return Cost{User: time.Duration(user) * tick, System: time.Duration(system) * tick, Peak: peak << 10}, nil
}
