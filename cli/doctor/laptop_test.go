package doctor

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// program is a stand-in for one on the PATH: a shell script.
type program struct{ name, script string }

// onLaptop makes a checkout with these files, and a PATH with these programs alone.
func onLaptop(t *testing.T, files map[string]string, programs ...program) *Subject {
	t.Helper()
	root, bin := t.TempDir(), t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(root, name), text)
	}
	for _, p := range programs {
		if p.name == "" {
			continue
		}
		path := filepath.Join(bin, p.name)
		write(t, path, "#!/bin/sh\n"+p.script+"\n")
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin)
	return &Subject{Root: root}
}

// Promise: each state of the programs that work needs is told apart, and each that is wrong names what mends it.
func TestPrograms(t *testing.T) {
	work := map[string]string{"go.work": "go 1.26.6\n\nuse ./cli\n"}
	pinned := map[string]string{".ko.yaml": "defaultEnv: [GOTOOLCHAIN=go1.26.8]\n"}
	project := map[string]string{"Pulumi.yaml": "name: mejan\nruntime: go\n"}
	requiring := map[string]string{"Pulumi.yaml": "name: mejan\nrequiredPulumiVersion: \">=3.200.0\"\n"}
	for _, tt := range []struct {
		name, check string
		files       map[string]string
		program     program
		stage       string
		want        State
		text        string
	}{
		{"go", "Go", work, program{"go", "echo go1.26.8"}, "", OK, "go1.26.8"},
		{"go of a development branch", "Go", work, program{"go", "echo devel go1.28-abcdef"}, "", OK, "go1.28"},
		{"old go", "Go", work, program{"go", "echo go1.20.3"}, "", Problem, "https://go.dev/dl/"},
		{"go refuses", "Go", work, program{"go", "echo 'go: go.work requires go >= 1.26.6' >&2; exit 1"}, "", Problem, "requires go"},
		{"no go", "Go", work, program{}, "", Problem, "go is missing"},
		{"no go.work", "Go", nil, program{"go", "echo go1.26.8"}, "", Problem, "go.work"},
		{"go.work of something else", "Go", map[string]string{"go.work": "use ./cli\n"}, program{}, "", Problem, "no version"},

		{"go of the images", "Go of the images", pinned, program{"go", "echo $GOTOOLCHAIN"}, "", OK, "go1.26.8"},
		{"go that cannot be had", "Go of the images", pinned, program{"go", "echo 'toolchain not available' >&2; exit 1"}, "", Problem, "not available"},
		{"another go", "Go of the images", pinned, program{"go", "echo go1.27.0"}, "", Problem, "install go1.26.8"},
		{"no go for the images", "Go of the images", pinned, program{}, "", Problem, "install go1.26.8"},
		{"no pinned go", "Go of the images", map[string]string{".ko.yaml": ""}, program{"go", "echo go1.27.0"}, "", Problem, "git checkout -- .ko.yaml"},

		{"git", "git", nil, program{"git", "echo git version 2.39.5"}, "", OK, "2.39.5"},
		{"no git", "git", nil, program{}, "", Problem, "git-scm.com"},
		{
			"no clone", "git", nil,
			program{"git", "[ $1 = --version ] || { echo 'fatal: not a git repository' >&2; exit 128; }"},
			"", Warning, "not a git repository",
		},

		{"make", "make", nil, program{"make", "echo GNU Make 4.3; echo Built for"}, "", OK, "GNU Make 4.3"},
		{"no make", "make", nil, program{}, "", Problem, "apt-get install make"},

		{"pulumi", "Pulumi CLI", project, program{"pulumi", "echo v3.150.0"}, "", OK, "3.150.0"},
		{"old pulumi", "Pulumi CLI", project, program{"pulumi", "echo v3.149.0"}, "", Problem, ">=3.150.0"},
		{"pulumi older than the project wants", "Pulumi CLI", requiring, program{"pulumi", "echo v3.199.9"}, "", Problem, ">=3.200.0"},
		{"pulumi as the project wants", "Pulumi CLI", requiring, program{"pulumi", "echo v3.200.1-alpha.2+dirty"}, "", OK, "3.200.1"},
		{"pulumi breaks", "Pulumi CLI", project, program{"pulumi", "exit 3"}, "", Problem, "exit status 3"},
		{"pulumi says no version", "Pulumi CLI", project, program{"pulumi", "echo hello"}, "", Unknown, "hello"},
		{"no pulumi", "Pulumi CLI", project, program{}, "", Warning, "pulumi is missing"},
		{"no pulumi for a stage", "Pulumi CLI", project, program{}, "dev", Problem, "pulumi is missing"},
		{"no project", "Pulumi CLI", nil, program{"pulumi", "echo v3.150.0"}, "", Problem, "Pulumi.yaml"},
		{
			"a requirement that none can read", "Pulumi CLI",
			map[string]string{"Pulumi.yaml": "requiredPulumiVersion: new\n"},
			program{"pulumi", "echo v3.150.0"},
			"", Problem, `"new"`,
		},

		{"logged in", "Pulumi login", nil, program{"pulumi", "echo me"}, "dev", OK, "as me"},
		{
			"not logged in", "Pulumi login", nil,
			program{"pulumi", "echo 'error: PULUMI_ACCESS_TOKEN must be set' >&2; exit 255"},
			"dev", Problem, "pulumi login --local",
		},

		{"aws 2", "AWS CLI", nil, program{"aws", "echo aws-cli/2.13.0 Python/3.11"}, "", OK, "2.13.0"},
		{"aws 2 of Debian", "AWS CLI", nil, program{"aws", "echo aws-cli/2.9.19 Python/3.11.2"}, "", Warning, "AWS_ENDPOINT_URL"},
		{"aws 1", "AWS CLI", nil, program{"aws", "echo aws-cli/1.45.11 Python/3.11.7"}, "", OK, "1.45.11"},
		{"old aws 1, on stderr", "AWS CLI", nil, program{"aws", "echo aws-cli/1.18.69 Python/3.8 >&2"}, "", Warning, "1.18.69"},
		{"no aws", "AWS CLI", nil, program{}, "dev", Warning, "aws is missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := onLaptop(t, tt.files, tt.program)
			s.Stage = tt.stage
			expect(t, byName(t, tt.check).run(t.Context(), s, nil), tt.want, tt.text)
		})
	}
}

func byName(t *testing.T, name string) check {
	t.Helper()
	for _, c := range checks() {
		if c.name == name {
			return c
		}
	}
	t.Fatalf("no check is called %q", name)
	return check{}
}

// Promise: a program that hangs costs its check the limit, and no more.
func TestProgramHangs(t *testing.T) {
	s := onLaptop(t, nil, program{"make", "/bin/sleep 600"})
	c := byName(t, "make")
	c.limit = 100 * time.Millisecond
	expect(t, c.run(t.Context(), s, nil), Problem, "no answer within 100ms")
}

// Promise: a folder that cannot be written is found before a build needs it, whether it is there or not.
func TestFolders(t *testing.T) {
	for _, tt := range []struct {
		name       string
		file, link string // a file that is made, and what platform/releases is a link to
		want       State
		text       string
	}{
		{"there", "platform/releases/kept", "", OK, "can be written"},
		{"not there", "kept", "", OK, "can be written"},
		{"a file", "platform/releases", "", Problem, "is a file"},
		{"below a file", "platform", "", Problem, "is a file"},
		{"a link to nowhere", "platform/kept", "/nowhere/at/all", Problem, "leads nowhere"},
		// No one can make files in /proc, root included.
		{"not writable", "platform/kept", "/proc", Problem, "chmod"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			path := filepath.Join(root, "platform", "releases")
			write(t, filepath.Join(root, tt.file), "")
			if tt.link != "" {
				if err := os.Symlink(tt.link, path); err != nil {
					t.Fatal(err)
				}
			}
			got := writable(path)
			got.Check = "folder"
			expect(t, got, tt.want, tt.text)
			left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*", ".mejan-doctor-*"))
			if err != nil || len(left) > 0 {
				t.Errorf("left %v, %v", left, err)
			}
		})
	}
}

// Promise: the disk is found full before a build fills it.
func TestDisk(t *testing.T) {
	for _, tt := range []struct {
		free uint64
		err  error
		want State
		text string
	}{
		{10 << 30, nil, OK, "10 GiB free"},
		{2 << 30, nil, Warning, "empty caches"},
		{100 << 20, nil, Problem, "0.1 GiB free"},
		{0, errors.ErrUnsupported, Warning, "not known"},
	} {
		s := &Subject{Root: t.TempDir(), free: func(string) (uint64, error) { return tt.free, tt.err }}
		expect(t, findDisk(t.Context(), s), tt.want, tt.text)
	}
	if f := findDisk(t.Context(), &Subject{Root: t.TempDir()}); !strings.Contains(f.Text, "free") {
		t.Errorf("this machine: %+v", f)
	}
}

// Promise: a port that is taken is found before minutes of building.
func TestPort(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Subject{port: listener.Addr().(*net.TCPAddr).Port}
	expect(t, findPort(t.Context(), s), Warning, "in use", "--addr")
	listener.Close()
	expect(t, findPort(t.Context(), s), OK, "free")
}
