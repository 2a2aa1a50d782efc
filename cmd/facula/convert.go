package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/facula-ml/facula/checkpoint"
	"github.com/facula-ml/facula/checkpoint/npy"
	"github.com/facula-ml/facula/checkpoint/safetensors"
	"github.com/facula-ml/facula/checkpoint/torch"
	"github.com/facula-ml/facula/cmd/facula/internal/recipe"
	"github.com/facula-ml/facula/internal/atomicfile"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// writers are the formats of files of weights, by the end of the name.
var writers = map[string]func(io.Writer, *nn.State) error{
	".safetensors": func(w io.Writer, s *nn.State) error {
		return safetensors.Write(w, s, safetensors.Metadata(map[string]string{"format": "pt"}))
	},
	".pt":  func(w io.Writer, s *nn.State) error { return torch.Write(w, s) },
	".pth": func(w io.Writer, s *nn.State) error { return torch.Write(w, s) },
	".bin": func(w io.Writer, s *nn.State) error { return torch.Write(w, s) },
	".npz": func(w io.Writer, s *nn.State) error { return npy.Write(w, s) },
}

// conversion is what facula convert has to do to names and elements.
type conversion struct {
	dtype   string
	renames []string
	match   string
	force   bool
}

func (a *app) convert() *cobra.Command {
	var v conversion
	var batch int
	c := &cobra.Command{
		Use:   "convert IN OUT",
		Short: "Writes a file of weights in another format, or a trained model as ONNX",
		Long: `convert reads any file of weights that facula knows and writes it in the format that
the end of the new name says: .safetensors, .pt, .pth or .bin (PyTorch), .npz (NumPy).
A trained run, as facula train leaves it, can become an .onnx model too.
The new file appears whole or not at all, and an old one is kept unless --force.

  facula convert model.pth model.safetensors
  facula convert model.safetensors half.safetensors --dtype float16
  facula convert lightning.ckpt plain.pt --match state_dict. --rename state_dict.model.=
  facula convert runs/mnist mnist.onnx`,
		Args: wantArgs(2, 2, "a file to read and one to write"),
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := os.Stat(args[1]); err == nil && !v.force {
				return fmt.Errorf("%s is there already; --force replaces it", args[1])
			}
			if strings.EqualFold(filepath.Ext(args[1]), ".onnx") {
				return a.exportRun(args[0], args[1], batch)
			}
			return a.convertWeights(args[0], args[1], v)
		},
	}
	c.Flags().StringVar(&v.dtype, "dtype", "", "convert floating-point tensors to float32, float64, float16 or bfloat16")
	c.Flags().StringArrayVar(&v.renames, "rename", nil, "`OLD=NEW`: put NEW for OLD at the start of names; may be given again")
	c.Flags().StringVar(&v.match, "match", "", "only tensors with this in their name")
	c.Flags().BoolVar(&v.force, "force", false, "replace the new file if it is there")
	c.Flags().IntVar(&batch, "batch", 0, "of an ONNX model: the fixed number of samples; 0 leaves it free")
	return c
}

func (a *app) convertWeights(in, out string, v conversion) error {
	write, ok := writers[strings.ToLower(filepath.Ext(out))]
	if !ok {
		return usageError{fmt.Errorf("%s: no format has the end %q; want .safetensors, .pt, .pth, .bin, .npz or .onnx", out, filepath.Ext(out))}
	}
	s, err := a.weights(in, v)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(out, func(w io.Writer) error { return write(w, s) }); err != nil {
		return err
	}
	info, err := os.Stat(out)
	if err != nil {
		return err
	}
	report := map[string]any{"in": in, "out": out, "tensors": s.Len(), "bytes": info.Size()}
	return a.result(report, func() { fmt.Fprintf(a.out, "%s: %d tensors, %s\n", out, s.Len(), size(info.Size())) })
}

// weights reads a file, with other names and elements.
func (a *app) weights(path string, v conversion) (*nn.State, error) {
	var dtype tensor.DType
	if v.dtype != "" {
		var err error
		if dtype, err = floatDType(v.dtype); err != nil {
			return nil, err
		}
	}
	path, err := weightsOf(path)
	if err != nil {
		return nil, err
	}
	if isONNX(path) {
		return nil, fmt.Errorf("%s is an ONNX model, which convert writes and does not read; facula inspect shows it, package onnx runs it", path)
	}
	f, err := checkpoint.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s, used := &nn.State{}, map[string]bool{}
	for _, info := range f.Infos() {
		if !strings.Contains(info.Name, v.match) {
			continue
		}
		t, err := f.Tensor(info.Name)
		if err != nil {
			return nil, err
		}
		if dtype != 0 && t.DType().IsFloat() {
			t = t.Cast(dtype)
		}
		name, err := rename(info.Name, v.renames, used)
		if err != nil {
			return nil, err
		}
		if s.Get(name) != nil {
			return nil, fmt.Errorf("two tensors would have the name %q", name)
		}
		s.Set(name, t)
	}
	if s.Len() == 0 {
		return nil, errors.New("no tensor is left to write")
	}
	for _, r := range v.renames {
		if !used[r] {
			return nil, fmt.Errorf("--rename %s changes no name", r)
		}
	}
	return s, nil
}

// rename applies the rules in their order, and notes those that did something.
func rename(name string, rules []string, used map[string]bool) (string, error) {
	for _, r := range rules {
		old, to, ok := strings.Cut(r, "=")
		if !ok {
			return "", usageError{fmt.Errorf("--rename %s: want OLD=NEW", r)}
		}
		if rest, has := strings.CutPrefix(name, old); has {
			name, used[r] = to+rest, true
		}
	}
	return name, nil
}

func floatDType(name string) (tensor.DType, error) {
	all := []tensor.DType{tensor.Float32, tensor.Float64, tensor.Float16, tensor.BFloat16}
	var names []string
	for _, d := range all {
		if d.String() == name {
			return d, nil
		}
		names = append(names, d.String())
	}
	return 0, usageError{fmt.Errorf("--dtype %s%s", name, recipe.Suggest(name, names))}
}

// weightsOf is the file of weights: of a run's folder the best or last one.
func weightsOf(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return path, err
	}
	for _, name := range []string{"model.safetensors", "model.safetensors.index.json"} {
		if _, err := os.Stat(filepath.Join(path, name)); err == nil {
			return filepath.Join(path, name), nil
		}
	}
	return "", fmt.Errorf("%s is a folder without model.safetensors; give a file, or the folder of a run of facula train", path)
}
