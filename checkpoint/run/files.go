package run

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/facula-ml/facula/checkpoint/safetensors"
	"github.com/facula-ml/facula/nn"
)

const (
	stateFile    = "state.json"
	manifestFile = "MANIFEST.json"
	tensorsExt   = ".safetensors"
	prefix       = "step-" // of a checkpoint's name

	maxManifest = 1 << 20 // bytes
)

// manifest is MANIFEST.json, the last file that is written.
type manifest struct {
	Format int                 `json:"format"`
	Files  map[string]fileInfo `json:"files"`
}

type fileInfo struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

type writer = io.Writer

// add writes a file of dir to the disk and notes it.
func (m *manifest) add(dir, name string, write func(writer) error) error {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer f.Close() // again, and in vain, after the one below
	sum := sha256.New()
	w := bufio.NewWriterSize(io.MultiWriter(f, sum), 1<<20)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if m.Files != nil {
		m.Files[name] = fileInfo{info.Size(), hex.EncodeToString(sum.Sum(nil))}
	}
	return f.Close()
}

func jsonOf(v any) func(writer) error {
	return func(w writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
}

// checkpointName is step-001000, and step-001000-2 where that is taken.
var checkpointName = regexp.MustCompile(`^` + prefix + `(\d{6,18})(-[1-9]\d{0,8})?$`)

// parseName returns the step in the name of a checkpoint.
func parseName(name string) (step int, ok bool) {
	m := checkpointName.FindStringSubmatch(name)
	if m == nil {
		return 0, false
	}
	step, err := strconv.Atoi(m[1])
	return step, err == nil
}

// freePath is the path of a new checkpoint.
func (f *Folder) freePath(step int) (string, error) {
	for k := 1; ; k++ {
		path := filepath.Join(f.dir, fmt.Sprintf("%s%06d", prefix, step))
		if k > 1 {
			path += fmt.Sprint("-", k)
		}
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return path, nil
		} else if err != nil {
			return "", err
		}
	}
}

// look reads what a checkpoint says of itself, and checks that its files are
// there; verify reads them.
func look(dir string, step int) Checkpoint {
	c := Checkpoint{Dir: dir, Step: step}
	d, _, err := readDocument(dir)
	if err != nil {
		c.Err = err
		return c
	}
	c.Epoch, c.Metrics, c.number = d.Epoch, fromNumbers(d.Metrics), d.Number
	if d.Step != step {
		c.Err = fmt.Errorf("it is of step %d", d.Step)
	}
	return c
}

// readDocument reads manifest and state of the checkpoint in dir. The state has
// the hash, and all other files the size, that the manifest says.
func readDocument(dir string) (d document, m manifest, err error) {
	raw, err := readFile(dir, manifestFile, maxManifest)
	if err != nil {
		return d, m, err
	}
	if err := decode(raw, &m); err != nil {
		return d, m, fmt.Errorf("%s: %w", manifestFile, err)
	}
	if m.Format != format {
		return d, m, fmt.Errorf("%s: format %d; this version reads %d", manifestFile, m.Format, format)
	}
	for name, info := range m.Files {
		part, ok := strings.CutSuffix(name, tensorsExt)
		if name != stateFile && !(ok && partName.MatchString(part)) {
			return d, m, fmt.Errorf("%s: the unknown file %q", manifestFile, name)
		}
		if size, err := sizeOf(dir, name); err != nil {
			return d, m, err
		} else if size != info.Size {
			return d, m, fmt.Errorf("%s has %d bytes; want %d", name, size, info.Size)
		}
	}
	state, ok := m.Files[stateFile]
	if !ok {
		return d, m, fmt.Errorf("%s: no %s", manifestFile, stateFile)
	}
	if raw, err = readFile(dir, stateFile, state.Size); err != nil {
		return d, m, err
	}
	if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != state.SHA256 {
		return d, m, errHash(stateFile)
	}
	if err := decode(raw, &d); err != nil {
		return d, m, fmt.Errorf("%s: %w", stateFile, err)
	}
	if d.Format != format || d.Step < 0 || d.Number < 1 {
		return d, m, fmt.Errorf("%s: number %d of format %d, at step %d", stateFile, d.Number, d.Format, d.Step)
	}
	return d, m, nil
}

func errHash(name string) error {
	return fmt.Errorf("%s is damaged: its SHA-256 is not that of the manifest", name)
}

// verify reads all files of a checkpoint and compares them with the manifest.
func verify(dir string) error {
	_, m, err := readDocument(dir)
	if err != nil {
		return err
	}
	for _, name := range sortedKeys(m.Files) {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		sum := sha256.New()
		_, err = io.Copy(sum, f)
		f.Close()
		if err != nil {
			return err
		}
		if hex.EncodeToString(sum.Sum(nil)) != m.Files[name].SHA256 {
			return errHash(name)
		}
	}
	return nil
}

// sizeOf is the size of a regular file.
func sizeOf(dir, name string) (int64, error) {
	info, err := os.Lstat(filepath.Join(dir, name))
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("%s is not a regular file", name)
	}
	return info.Size(), nil
}

// readFile reads a regular file of at most limit bytes.
func readFile(dir, name string, limit int64) ([]byte, error) {
	size, err := sizeOf(dir, name)
	if err != nil {
		return nil, err
	}
	if size > limit {
		return nil, fmt.Errorf("%s has %d bytes; want at most %d", name, size, limit)
	}
	return os.ReadFile(filepath.Join(dir, name))
}

// decode reads one JSON value with no fields but v's.
func decode(raw []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("there is more than one value")
	}
	return nil
}

// readTensors reads all tensors of a file.
func readTensors(dir, name string) (*nn.State, error) {
	f, err := safetensors.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := &nn.State{}
	for _, i := range f.Infos() {
		t, err := f.Tensor(i.Name)
		if err != nil {
			return nil, err
		}
		s.Set(i.Name, t)
	}
	return s, nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
