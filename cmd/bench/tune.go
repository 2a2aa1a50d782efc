package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

//go:embed torch/shim.c
var shimC []byte

// findPython returns an interpreter that has PyTorch: the one asked for, or the
// first of the usual ones.
func findPython(ctx context.Context, asked string) (string, error) {
	try := []string{"python3", "/usr/bin/python3"}
	if asked != "" {
		try = []string{asked}
	}
	for _, p := range try {
		// A folder named torch where this runs is not PyTorch: it has no origin.
		const has = "import sys, importlib.util as u; s = u.find_spec('torch'); sys.exit(s is None or s.origin is None)"
		if exec.CommandContext(ctx, p, "-c", has).Run() == nil {
			return p, nil
		}
	}
	return "", fmt.Errorf("no PyTorch for %s: install it (Debian and Ubuntu: apt-get install python3-torch libdnnl-dev libopenblas0-openmp gcc; "+
		"elsewhere: pip install torch), or name an interpreter that has it with -python", strings.Join(try, " or "))
}

// A setup is how PyTorch runs at its fastest here.
type setup struct {
	blas string // folder of an OpenBLAS that shares OpenMP's threads
	core string // what OpenBLAS takes the processor for; its own guess falls behind on new ones
	isa  string // PyTorch's own kernels use AVX2 unless told
	shim string // library that sends products to oneDNN
	lost []string
}

// tune looks for what makes PyTorch faster. What is missing is told, not fatal.
func tune(ctx context.Context, python, dir string) setup {
	var s setup
	if runtime.GOARCH == "amd64" {
		flags := cpuFlags()
		if flags["avx512f"] {
			s.isa, s.core = "avx512", "SkylakeX"
		}
		if flags["avx512_bf16"] {
			s.core = "Cooperlake"
		}
	}
	if runtime.GOOS != "linux" || !systemBLAS(ctx, python) {
		return s
	}
	if found, _ := filepath.Glob("/usr/lib/*/openblas-openmp"); len(found) > 0 {
		s.blas = found[0]
	} else {
		s.lost = append(s.lost, "OpenBLAS on OpenMP's threads (Debian: libopenblas0-openmp)")
	}
	if err := s.compile(ctx, dir); err != nil {
		s.lost = append(s.lost, "oneDNN's matrix products ("+err.Error()+")")
	}
	return s
}

// systemBLAS reports whether this PyTorch multiplies with the system's BLAS, as
// Debian's does; the others bring MKL.
func systemBLAS(ctx context.Context, python string) bool {
	out, err := exec.CommandContext(ctx, python, "-c", "import torch; print(torch.__config__.show())").Output()
	return err == nil && strings.Contains(string(out), "BLAS_INFO=generic")
}

// compile makes the shim. It needs gcc and oneDNN's library.
func (s *setup) compile(ctx context.Context, dir string) error {
	source, lib := filepath.Join(dir, "shim.c"), filepath.Join(dir, "shim.so")
	if err := os.WriteFile(source, shimC, 0o600); err != nil {
		return err
	}
	if _, err := exec.LookPath("gcc"); err != nil {
		return errors.New("no gcc; Debian: apt-get install gcc libdnnl-dev")
	}
	if out, err := exec.CommandContext(ctx, "gcc", "-O2", "-shared", "-fPIC", "-o", lib, source, "-ldl", "-ldnnl").CombinedOutput(); err != nil {
		return fmt.Errorf("gcc: %w: %s; Debian: apt-get install libdnnl-dev", err, strings.TrimSpace(string(out)))
	}
	s.shim = lib
	return nil
}

// env is the setup as an environment. Memory that malloc has once taken from
// the system it keeps: page faults would cost PyTorch more than some ops.
func (s setup) env(threads int) []string {
	n := strconv.Itoa(threads)
	env := []string{"OMP_NUM_THREADS=" + n, "OPENBLAS_NUM_THREADS=" + n, "MKL_NUM_THREADS=" + n,
		"MALLOC_MMAP_MAX_=0", "MALLOC_TRIM_THRESHOLD_=100000000000", "MALLOC_TOP_PAD_=67108864"}
	for _, v := range []struct{ name, value string }{{"LD_LIBRARY_PATH", s.blas}, {"OPENBLAS_CORETYPE", s.core},
		{"ATEN_CPU_CAPABILITY", s.isa}, {"LD_PRELOAD", s.shim}} {
		if v.value != "" {
			env = append(env, v.name+"="+v.value)
		}
	}
	return env
}

// cpuFlags are the processor's features as Linux names them.
func cpuFlags() map[string]bool {
	flags := map[string]bool{}
	for _, f := range strings.Fields(cpuInfo("flags")) {
		flags[f] = true
	}
	return flags
}

// cpuInfo is the first value of a field of /proc/cpuinfo, "" elsewhere.
func cpuInfo(field string) string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == field {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
