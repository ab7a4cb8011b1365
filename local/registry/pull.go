package registry

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/mejan/mejan/platform/images"
)

// Image is an image unpacked on this machine.
type Image struct {
	// Root is the folder with the image's files.
	Root string
	// Entrypoint is the command that the image starts, its arguments included, as paths inside the image.
	Entrypoint []string
	// Env is the image's environment, each variable as NAME=value.
	Env []string
	// WorkDir is the folder inside the image that the command starts in; empty means its root.
	WorkDir string
	// Digest is that of the image's manifest.
	Digest v1.Hash
}

// Pull unpacks an image of this machine's platform below folder, once for each digest, and says how to start it. The
// reference names the image by digest, `host:port/repository@sha256:…`. An index gives [images.ErrIndex].
//
// No file of the image can come to lie outside of the image's own folder. Owners are not kept, devices are left out.
func Pull(ctx context.Context, reference, folder string) (Image, error) {
	ref, err := name.NewDigest(reference)
	if err != nil {
		return Image{}, fmt.Errorf("image reference %q: %w", reference, err)
	}
	transport := remote.DefaultTransport.(*http.Transport).Clone()
	defer transport.CloseIdleConnections()
	found, err := remote.Get(ref, remote.WithContext(ctx), remote.WithTransport(transport))
	if err != nil {
		return Image{}, fmt.Errorf("get manifest of %q: %w", reference, err)
	}
	if found.MediaType.IsIndex() {
		return Image{}, fmt.Errorf("image %q: %w", reference, images.ErrIndex)
	}
	image, err := found.Image()
	if err != nil {
		return Image{}, fmt.Errorf("get image %q: %w", reference, err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		return Image{}, fmt.Errorf("get configuration of %q: %w", reference, err)
	}
	if platform := config.OS + "/" + config.Architecture; platform != HostPlatform() {
		return Image{}, fmt.Errorf("image %q is for %s, and this machine is %s", reference, platform, HostPlatform())
	}
	root := filepath.Join(folder, strings.ReplaceAll(found.Digest.String(), ":", "-"))
	if err := unpackOnce(image, root); err != nil {
		return Image{}, fmt.Errorf("unpack image %q: %w", reference, err)
	}
	return Image{
		Root:       root,
		Entrypoint: slices.Concat(config.Config.Entrypoint, config.Config.Cmd),
		Env:        config.Config.Env,
		WorkDir:    config.Config.WorkingDir,
		Digest:     found.Digest,
	}, nil
}

// unpackOnce unpacks an image beside root and then moves it there, so that root is either whole or absent.
func unpackOnce(image v1.Image, root string) error {
	if _, err := os.Stat(root); err == nil {
		return nil
	}
	parent := filepath.Dir(root)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	part, err := os.MkdirTemp(parent, "unpacking-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer os.RemoveAll(part)
	if err := unpack(image, part); err != nil {
		return err
	}
	if err := os.Chmod(part, 0o755); err != nil {
		return fmt.Errorf("open folder: %w", err)
	}
	// Another process may have been faster; its files are the same.
	if err := os.Rename(part, root); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("move into place: %w", err)
	}
	return nil
}

// unpack writes the files of an image, its layers laid over each other, into an empty folder.
func unpack(image v1.Image, folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return fmt.Errorf("open folder: %w", err)
	}
	defer func() { _ = root.Close() }() // only reads of a folder handle are lost
	files := mutate.Extract(image)
	defer files.Close()
	archive := tar.NewReader(files)
	for {
		entry, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read layers: %w", err)
		}
		if err := unpackEntry(root, entry, archive); err != nil {
			return fmt.Errorf("unpack %q: %w", entry.Name, err)
		}
	}
}

// unpackEntry writes one file. [os.Root] refuses whatever would leave the folder, by name or through a link.
func unpackEntry(root *os.Root, entry *tar.Header, content io.Reader) error {
	// Names of images begin at their root, with or without the slash. An upward step stays and is refused below.
	file := path.Clean(strings.TrimLeft(entry.Name, "/"))
	if file == "." {
		return nil
	}
	// The owner must be able to write, so that the folder can be removed again.
	if err := root.MkdirAll(path.Dir(file), 0o755); err != nil {
		return err
	}
	switch entry.Typeflag {
	case tar.TypeDir:
		return root.MkdirAll(file, entry.FileInfo().Mode().Perm()|0o700)
	case tar.TypeSymlink:
		return root.Symlink(entry.Linkname, file)
	case tar.TypeLink:
		return root.Link(path.Clean(strings.TrimLeft(entry.Linkname, "/")), file)
	case tar.TypeReg:
		return writeFile(root, file, entry.FileInfo().Mode().Perm()|0o200, content)
	default:
		return nil
	}
}

func writeFile(root *os.Root, name string, mode fs.FileMode, content io.Reader) error {
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}
