package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/tensor"
)

// health is what facula doctor found.
type health struct {
	Version     string   `json:"version"`
	Go          string   `json:"go"`
	Platform    string   `json:"platform"`
	Processor   string   `json:"processor"`
	Tier        string   `json:"tier"`
	Threads     int      `json:"threads"`
	Cores       int      `json:"cores"`
	MemoryLimit int64    `json:"memory_limit_bytes"`
	GPU         string   `json:"gpu"`
	GFLOPS      float64  `json:"gflops"`
	GBPerSecond float64  `json:"gb_per_second"`
	Problems    []string `json:"problems"`
}

func (a *app) doctor() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Says what machine this is, which kernels run on it, how fast, and what is amiss",
		Long: `doctor says which kernels facula runs here (the tier), with how many threads and
how much memory, whether there is an NVIDIA driver, and measures for a second how
fast it multiplies and adds. It ends with what looks wrong and what to do about it.`,
		Args: wantArgs(0, 0, "none"),
		RunE: func(*cobra.Command, []string) error {
			h := examine()
			return a.result(h, func() { a.showHealth(h) })
		},
	}
}

func examine() health {
	h := health{
		Version: version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Processor: processor(),
		Tier: cpu.Tier(), Threads: cpu.NumThreads(), Cores: runtime.NumCPU(), MemoryLimit: int64(cpu.MemoryStats().Limit), GPU: driver(),
		Problems: []string{},
	}
	h.GFLOPS, h.GBPerSecond = measure()
	if h.Tier == "generic" && (runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64") {
		h.Problems = append(h.Problems, "the plain Go kernels run, ten times slower than vector ones: is FACULA_CPU set, or is this an old processor?")
	}
	if h.Threads < h.Cores {
		h.Problems = append(h.Problems, fmt.Sprintf("%d of %d cores are used: FACULA_NUM_THREADS or a limit of the container says so", h.Threads, h.Cores))
	}
	if x := tensor.Ones(64, 64); x.MatMul(x).Sum().Float() != 64*64*64 {
		h.Problems = append(h.Problems, "a product of ones is wrong: please report this, with the lines above")
	}
	return h
}

func (a *app) showHealth(h health) {
	limit := "none"
	if h.MemoryLimit > 0 {
		limit = size(h.MemoryLimit)
	}
	a.table([][]string{
		{"facula", h.Version}, {"go", h.Go + ", " + h.Platform}, {"processor", h.Processor},
		{"kernels", h.Tier}, {"threads", fmt.Sprintf("%d of %d cores", h.Threads, h.Cores)}, {"memory", "at most " + limit + " for tensors"},
		{"gpu", h.GPU}, {"speed", fmt.Sprintf("%.0f GFLOP/s in a product of 1024³, %.1f GB/s in a sum of two tensors (float32)", h.GFLOPS, h.GBPerSecond)},
	})
	fmt.Fprintln(a.out)
	if len(h.Problems) == 0 {
		fmt.Fprintln(a.out, "Nothing is amiss.")
	}
	for _, p := range h.Problems {
		fmt.Fprintln(a.out, "!", p)
	}
}

// version is that of the module, or of the commit for a build in a clone.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value[:min(12, len(s.Value))]
		}
	}
	if v == "" {
		v = "(devel)"
	}
	return v
}

// processor is its name, where the system tells it.
func processor() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if key, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// driver looks for NVIDIA's, without loading it.
func driver() string {
	if text, err := os.ReadFile("/proc/driver/nvidia/version"); err == nil {
		line, _, _ := strings.Cut(string(text), "\n")
		return strings.TrimSpace(strings.TrimPrefix(line, "NVRM version:")) + "; facula runs on the CPU until its CUDA device is there"
	}
	for _, glob := range []string{"/usr/lib/*/libcuda.so.1", "/usr/lib64/libcuda.so.1", `C:\Windows\System32\nvcuda.dll`} {
		if found, _ := filepath.Glob(glob); len(found) > 0 {
			return found[0] + "; facula runs on the CPU until its CUDA device is there"
		}
	}
	return "no NVIDIA driver found"
}

// measure is the speed of a product and of a sum.
func measure() (gflops, gbps float64) {
	cases := benchCases()
	return cases[0].measure(500 * time.Millisecond).Rate, cases[1].measure(500 * time.Millisecond).Rate
}
