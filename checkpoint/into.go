package checkpoint

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// ErrMismatch says that names, shapes or dtypes of a file are not those of the
// module. The [Report] has all of them.
var ErrMismatch = errors.New("the file does not fit the module")

// An Option changes [LoadInto].
type Option func(*config)

type config struct {
	rename            []func(string) string
	partial, anyDType bool
}

// Rename puts new for old at the start of the file's names that begin with
// old: Rename("module.", "") takes a prefix away, Rename("", "encoder.") gives
// every name one. Several apply in turn.
func Rename(old, new string) Option {
	return RenameFunc(func(name string) string {
		if rest, ok := strings.CutPrefix(name, old); ok {
			return new + rest
		}
		return name
	})
}

// RenameFunc gives the file's tensors the names that f returns for theirs. One
// for which it returns "" is left out.
func RenameFunc(f func(name string) string) Option {
	return func(c *config) { c.rename = append(c.rename, f) }
}

// NonStrict loads the tensors whose names fit and leaves the others: names that
// only the file or only the module has are no error, but stand in the report.
// Shapes must still agree.
func NonStrict(c *config) { c.partial = true }

// AnyDType converts elements of another dtype than the module's instead of
// refusing them.
func AnyDType(c *config) { c.anyDType = true }

// LoadInto opens the file at path and copies its tensors into those of m of the
// same names. If they do not fit, m is as before and the error is
// [ErrMismatch], with all that differs and with what to do about it. A tensor
// that m has in two places needs to be in the file under one of its names only.
//
// It holds one tensor of the file in memory at a time. Should reading fail half
// way, as on a broken disk, the tensors before are loaded, and the error says
// so.
//
//	panics: *tensor.Error if m is no model; see [nn.StateDict]
func LoadInto(m any, path string, opts ...Option) (*Report, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := LoadFile(m, f, opts...)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return r, err
}

// LoadFile is [LoadInto] for a file that is open.
func LoadFile(m any, f archive.File, opts ...Option) (*Report, error) {
	var c config
	for _, o := range opts {
		o(&c)
	}
	want := nn.StateDict(m)
	parts, err := c.pair(f.Infos(), want)
	if err != nil {
		return nil, err
	}
	r := c.compare(parts, want, nn.Tied(m))
	if !r.fits(c.partial) {
		return r, fmt.Errorf("%w: %v", ErrMismatch, r)
	}
	for _, p := range parts {
		if p.to == nil {
			continue
		}
		if err := p.load(f); err != nil {
			return r, fmt.Errorf("%w (%d of %d tensors are loaded)", err, len(r.Loaded), len(parts))
		}
		r.Loaded = append(r.Loaded, p.name)
	}
	return r, nil
}

// A part is a tensor of the file.
type part struct {
	info *archive.Info
	name string         // in the module
	to   *tensor.Tensor // nil if the module has none of that name
}

// pair finds the module's tensor for each of the file's.
func (c *config) pair(infos []archive.Info, want *nn.State) ([]part, error) {
	parts := make([]part, 0, len(infos))
	from := map[string]string{}
	for i := range infos {
		name := infos[i].Name
		for _, f := range c.rename {
			if name != "" {
				name = f(name)
			}
		}
		if name == "" && len(c.rename) > 0 {
			continue
		}
		if other, ok := from[name]; ok {
			return nil, fmt.Errorf("the file's tensors %q and %q would both be %q; rename one in another way", other, infos[i].Name, name)
		}
		from[name] = infos[i].Name
		parts = append(parts, part{&infos[i], name, want.Get(name)})
	}
	return parts, nil
}

// compare finds all differences between the file's tensors and the module's.
func (c *config) compare(parts []part, want *nn.State, tied map[string]string) *Report {
	r := &Report{}
	first := func(name string) string {
		if n, ok := tied[name]; ok {
			return n
		}
		return name
	}
	there := map[string]bool{}
	var extra []part
	for _, p := range parts {
		if p.to == nil {
			extra = append(extra, p)
			r.Extra = append(r.Extra, p.name)
			continue
		}
		there[first(p.name)] = true
		d := Difference{Name: p.name, Shape: p.info.Shape, WantShape: p.to.Shape(), Kind: p.info.Kind, DType: p.info.DType, WantDType: p.to.DType()}
		if d.wrongShape() || d.DType == 0 || d.DType != d.WantDType && !c.anyDType {
			r.Different = append(r.Different, d)
		}
	}
	var missing []lack
	for n, t := range want.All() {
		if n == first(n) && !there[n] {
			r.Missing = append(r.Missing, n)
			missing = append(missing, lack{n, t.Shape()})
		}
	}
	r.hints = suggest(missing, extra)
	return r
}

// load reads the tensor and copies it into the module's.
func (p *part) load(f archive.File) error {
	t, err := f.Tensor(p.info.Name)
	if err != nil {
		return err
	}
	if !slices.Equal(t.Shape(), p.to.Shape()) {
		return fmt.Errorf("tensor %q is %v, and the file's list says %v", p.info.Name, t.Shape(), p.info.Shape)
	}
	return tensor.Try(func() { p.to.CopyFrom(t.To(p.to.Device())) })
}
