package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
)

// A process is a case that runs in a process of its own.
type process struct {
	run  func()
	peak bool // the value is the peak of its resident memory, not the time to its end
}

// processes measure what a whole program costs. PyTorch's side is bench.py once.
func processes() []work {
	steps := func(n network, batch int, o func(nn.Layer) optim.Optimizer, steps int) func() {
		return func() {
			run := n.step("", batch, o, false).prepare()
			for range steps {
				run()
			}
		}
	}
	return []work{
		{name: "start_mlp_step", once: &process{run: steps(mlpSmall, 64, sgd, 1)}},
		{name: "rss_mlp_784-128-10", once: &process{run: steps(mlpSmall, 64, adam, 200), peak: true}},
		{name: "rss_resnet18", once: &process{run: steps(resnet, 32, momentum, 4), peak: true}},
	}
}

// runOnce is what the process does: the case, and a line that says so.
func runOnce(name string) error {
	for _, w := range suite() {
		if w.name == name && w.once != nil {
			w.once.run()
			return json.NewEncoder(os.Stdout).Encode(answer{Case: name, PeakKiB: peakKiB()})
		}
	}
	return fmt.Errorf("no case %q that runs in a process of its own", name)
}

// peakKiB is the highest resident memory of this process, 0 where the system
// does not tell. (The figure of wait4 holds the parent's as well.)
func peakKiB() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib
		}
	}
	return 0
}

// spawned is a side that starts a process each round.
type spawned struct {
	command func() *exec.Cmd
	peak    bool
}

func (s spawned) round(time.Duration) (float64, error) {
	cmd := s.command()
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	line, readErr := bufio.NewReader(out).ReadBytes('\n')
	took := time.Since(start)
	if err := cmd.Wait(); err != nil {
		return 0, fmt.Errorf("%s: %w", cmd, err)
	}
	if readErr != nil {
		return 0, fmt.Errorf("%s printed no line: %w", cmd, readErr)
	}
	if !s.peak {
		return took.Seconds(), nil
	}
	var a answer
	if err := json.Unmarshal(line, &a); err != nil {
		return 0, fmt.Errorf("%s printed %q: %w", cmd, line, err)
	}
	if a.PeakKiB == 0 {
		return 0, fmt.Errorf("the system does not tell a process's peak memory")
	}
	return a.PeakKiB, nil
}

// ourselves starts this program again for one case.
func ourselves(name string, threads int) func() *exec.Cmd {
	return func() *exec.Cmd {
		self, err := os.Executable()
		if err != nil {
			self = os.Args[0]
		}
		cmd := exec.Command(self, "-once", name)
		n := strconv.Itoa(threads)
		cmd.Env = append(os.Environ(), "GOMAXPROCS="+n, "FACULA_NUM_THREADS="+n)
		return cmd
	}
}
