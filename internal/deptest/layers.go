// Package deptest holds the tests that keep the module's shape: imports run
// downwards only, the libraries depend on the standard library and
// golang.org/x/sys alone, and no file grows too long to read.
//
// The rules are the table in this file. A new package needs a line here, and
// an import that the table refuses needs a better idea first.
package deptest

import (
	"fmt"
	"strings"
)

// module is the path of the root module.
const module = "github.com/facula-ml/facula"

// A layer says what the packages that match pattern may import from this
// module. Patterns are relative to the root and written as for the go command:
// "nn" is one package, "nn/..." is nn and everything below it.
type layer struct {
	pattern string
	may     []string
	why     string
}

// core is what every package above tensor may use: the op packages are
// functions on tensor.Apply.
var core = []string{"tensor", "linalg", "fft", "special", "vision", "device", "internal/..."}

// libraries is what a program may use.
var libraries = []string{"device/...", "internal/...", "tensor/...", "linalg/...", "fft/...", "special/...",
	"vision/...", "autograd/...", "nn/...", "optim/...", "data/...", "checkpoint/...", "onnx/...", "models/...", "train/..."}

// layers is searched from the top; the first match holds.
var layers = []layer{
	{"internal/...", []string{"internal/...", "device"},
		"internal is the bottom: everything may import it, so it can import nothing above"},
	{"device", nil,
		"device is the contract alone: it imports only the standard library"},
	{"device/cpu/...", []string{"device", "device/cpu/...", "internal/..."},
		"tensor imports device/cpu, and kernels see the contract, not tensors"},
	{"device/cuda/...", []string{"device", "device/cuda/...", "internal/..."},
		"a GPU is a value that a program opens; it knows the contract and nothing else"},

	{"tensor", []string{"device", "device/cpu", "internal/..."},
		"everything rests on tensor, so it rests on devices alone"},
	{"tensor/optest", []string{"tensor", "device", "internal/..."},
		"the conformance suite takes the device as a value and must not know one"},
	{"linalg", core, "op packages are functions on tensor.Apply"},
	{"fft", core, "op packages are functions on tensor.Apply"},
	{"special", core, "op packages are functions on tensor.Apply"},
	{"vision", core, "op packages are functions on tensor.Apply"},

	{"autograd", core, "functions of functions of tensors, for models of every kind"},

	{"nn/init", core,
		"nn imports nn/init, and layers are not needed to fill a tensor"},
	{"nn", with(core, "nn/init"),
		"nn, optim and data do not know each other; train brings them together"},
	{"nn/...", with(core, "nn/..."),
		"nn, optim and data do not know each other; train brings them together"},
	{"optim", core,
		"optimizers take tensors, not modules: nn, optim and data do not know each other"},
	{"optim/...", with(core, "optim/..."),
		"schedules drive optimizers: nn, optim and data do not know each other"},
	{"data", core,
		"a loader yields tensors; data/datasets and data/transform are above it"},
	{"data/...", with(core, "data/..."),
		"nn, optim and data do not know each other; train brings them together"},
	{"checkpoint/...", with(core, "nn/...", "optim/...", "checkpoint/..."),
		"checkpoint saves modules and optimizers; train uses it, not the other way round"},
	{"models/...", with(core, "nn/...", "models/..."),
		"models are made of layers; who loads or trains them is above"},
	{"onnx/...", with(core, "nn/...", "checkpoint/...", "onnx/..."),
		"onnx reads and writes models; it does not train them"},
	{"train/...", with(core, "nn/...", "optim/...", "data/...", "checkpoint/...", "train/..."),
		"train is the top library: optional, and built on the others' public API"},

	{"conformance/...", with(core, "nn/...", "optim/...", "autograd/..."),
		"the corpus of PyTorch's samples is run against the op tables of all packages"},
	{"examples/...", libraries, "programs are the top: nobody imports examples, cmd or python"},
	{"cmd/bench", with(libraries, "conformance"), "the sweep measures what the corpus holds"},
	{"cmd/...", libraries, "programs are the top: nobody imports examples, cmd or python"},
	{"python/...", libraries, "programs are the top: nobody imports examples, cmd or python"},
	{".", nil, "the root holds documentation only: there is no facade that repeats the packages"},
}

// check returns the reason why the package from (relative to the root, "." for
// the root itself) must not import path, or nil. Imports of _test.go files may
// run upwards, as an external test of a device uses tensors; the other rules
// hold for them as well.
func check(from, path string, test bool) error {
	rel, ours := strings.CutPrefix(path, module+"/")
	switch {
	case path == module:
		rel, ours = ".", true
	case ours:
	case path == "C":
		if !match("python/...", from) {
			return fmt.Errorf("%s imports C: no cgo in anything that a user must build; only python may", from)
		}
		return nil
	default:
		return checkOutside(from, path)
	}

	if p := program(rel); p != "" {
		if p == program(from) {
			return nil
		}
		return fmt.Errorf("%s imports %s: nobody imports examples, cmd or python", from, rel)
	}
	if test {
		return nil
	}
	for _, l := range layers {
		if !match(l.pattern, from) {
			continue
		}
		for _, p := range l.may {
			if match(p, rel) {
				return nil
			}
		}
		return fmt.Errorf("%s imports %s: it may import only %s (%s)", from, rel, list(l.may), l.why)
	}
	return fmt.Errorf("%s has no layer: give it a line in internal/deptest/layers.go", from)
}

// modules lists those from elsewhere, the packages that may import each,
// and what for. The core depends on the standard library and golang.org/x/sys.
var modules = []struct{ module, pattern, why string }{
	{"github.com/ebitengine/purego", "device/cuda/...", "the CUDA driver without cgo"},
	{"gonum.org/v1/gonum", "linalg", "LAPACK"},
	{"github.com/vbauerster/mpb/v8", "train/...", "the progress bar"},
	{"gonum.org/v1/plot", "train/plot", "plots as PNG and SVG"},
	{"google.golang.org/protobuf", "onnx/...", "protobuf's wire format"},
	{"google.golang.org/protobuf", "train/...", "protobuf's wire format, for TensorBoard"},
	{"golang.org/x/image", "data/images", "image formats that the standard library lacks"},
	{"golang.org/x/text", "data/text/...", "Unicode normalisation"},
	{"github.com/dlclark/regexp2", "data/text/...", "the look-ahead in tokenizers' patterns"},
	{"github.com/spf13/cobra", "cmd/facula/...", "commands, help, completion"},
	{"github.com/spf13/pflag", "cmd/facula/...", "cobra's flags"},
	{"github.com/BurntSushi/toml", "cmd/facula/...", "configuration files"},
	{"github.com/vbauerster/mpb/v8", "cmd/facula/...", "progress bars"},
}

// checkOutside is check for an import that is not of this module.
func checkOutside(from, path string) error {
	if standard(path) {
		return nil
	}
	if match("golang.org/x/sys/...", path) {
		if from == "device" {
			return fmt.Errorf("device imports %s: device is the contract alone: it imports only the standard library", path)
		}
		return nil
	}
	var may []string
	for _, o := range modules {
		if !match(o.module+"/...", path) {
			continue
		}
		if match(o.pattern, from) {
			return nil
		}
		may = append(may, o.pattern+" ("+o.why+")")
	}
	if may != nil {
		return fmt.Errorf("%s imports %s: only %s may", from, path, strings.Join(may, ", "))
	}
	return fmt.Errorf("%s imports %s: facula depends on the standard library and golang.org/x/sys alone", from, path)
}

// program returns the folder of the program that package rel belongs to,
// such as cmd/bench, or "" for a library.
func program(rel string) string {
	parts := strings.SplitN(rel, "/", 3)
	switch parts[0] {
	case "examples", "cmd":
		return strings.Join(parts[:min(2, len(parts))], "/")
	case "python":
		return "python"
	}
	return ""
}

// standard reports whether path is of the standard library: the go command
// asks for a dot in the first element of every other one.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// match reports whether pattern covers the package at path.
func match(pattern, path string) bool {
	if dir, ok := strings.CutSuffix(pattern, "/..."); ok {
		return path == dir || strings.HasPrefix(path, dir+"/")
	}
	return path == pattern
}

func with(base []string, more ...string) []string {
	return append(append([]string(nil), base...), more...)
}

func list(patterns []string) string {
	if len(patterns) == 0 {
		return "packages outside the module"
	}
	return strings.Join(patterns, ", ")
}
