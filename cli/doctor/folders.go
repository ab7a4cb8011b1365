package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/mejan/mejan/platform/images"
)

// localPort is where `mejan local` listens when it is told nothing else.
const localPort = 4566

func findPort(ctx context.Context, s *Subject) Finding {
	port := localPort
	if s.port != 0 {
		port = s.port
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return warning("stop the program that listens there, or run mejan local --addr 127.0.0.1:0", "%v", err)
	}
	defer listener.Close()
	return ok("%s is free for mejan local", address)
}

// findOut looks at the folder of results. A checkout that is read-only can do without.
func findOut(_ context.Context, s *Subject) Finding {
	f := writable(filepath.Join(s.Root, "out"))
	if f.State == Problem {
		f.State, f.Remedy = Warning, "mejan demo --out FOLDER; "+f.Remedy
	}
	return f
}

func findReleases(_ context.Context, s *Subject) Finding {
	return writable(s.releases())
}

func findCache(context.Context, *Subject) Finding {
	folder, err := images.Cache()
	if err != nil {
		return problem("", "%v", err)
	}
	return writable(folder)
}

func findTemporary(context.Context, *Subject) Finding {
	return writable(os.TempDir())
}

// writable tries whether a file can be made in a folder, or in the closest folder above that exists: the folder itself
// is made when it is needed.
func writable(folder string) Finding {
	closest, err := existing(folder)
	if err != nil {
		return problem("move "+closest+" away", "%v", err)
	}
	file, err := os.CreateTemp(closest, ".mejan-doctor-*")
	if err != nil {
		return problem(fmt.Sprintf("make it writable: chmod u+w %s, or chown it", closest), "cannot write: %v", err)
	}
	file.Close()
	if err := os.Remove(file.Name()); err != nil {
		return problem("chmod u+w "+closest, "cannot remove what was written: %v", err)
	}
	return ok("%s can be written", folder)
}

// existing returns the closest folder at or above a path. Its error means that a file stands in the way.
func existing(path string) (string, error) {
	for {
		info, err := os.Stat(path)
		switch {
		case err == nil && !info.IsDir():
			return path, fmt.Errorf("%s is a file, and a folder is needed there", path)
		case err == nil:
			return path, nil
		case errors.Is(err, syscall.ENOTDIR): // a file further up; the loop comes to it
		case !errors.Is(err, fs.ErrNotExist):
			return path, err
		default:
			// A link that leads nowhere exists, and nothing can be made under its name.
			if _, err := os.Lstat(path); err == nil {
				return path, fmt.Errorf("%s is a link that leads nowhere", path)
			}
		}
		path = filepath.Dir(path)
	}
}

// Space on disk, in bytes: a build from empty caches fills about 3 GB of Go's caches and 200 MB of ko's; one from warm
// caches needs about 200 MB.
const (
	amplySpace = 4 << 30
	leastSpace = 300 << 20
)

func findDisk(ctx context.Context, s *Subject) Finding {
	folders := []string{s.Root, os.TempDir()}
	if cache, err := images.Cache(); err == nil {
		folders = append(folders, cache)
	}
	if cache, err := output(ctx, s.Root, "go", "env", "GOCACHE"); err == nil {
		folders = append(folders, cache)
	}
	free := s.free
	if free == nil {
		free = freeSpace
	}
	tightest, least := "", uint64(0)
	for _, folder := range folders {
		closest, err := existing(folder)
		if err != nil {
			continue // the check of that folder says so
		}
		bytes, err := free(closest)
		if err != nil {
			return warning("df -h "+closest, "the free space in %s is not known: %v", closest, err)
		}
		if tightest == "" || bytes < least {
			tightest, least = closest, bytes
		}
	}
	text := fmt.Sprintf("%s free in %s", size(least), tightest)
	remedy := "make room, for instance by go clean -cache"
	switch {
	case least < leastSpace:
		return problem(remedy, "%s, a build needs %s", text, size(leastSpace))
	case least < amplySpace:
		return warning(remedy, "%s; a build from empty caches needs %s", text, size(amplySpace))
	}
	return ok("%s", text)
}

func size(bytes uint64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(bytes)/(1<<30)), ".0") + " GiB"
}
