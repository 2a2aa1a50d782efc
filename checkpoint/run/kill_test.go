package run_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/facula-ml/facula/checkpoint/run"
)

// The test binary runs itself again as a program that trains.
const (
	envProgram = "FACULA_RUN_TEST_PROGRAM"
	envFolder  = "FACULA_RUN_TEST_FOLDER"
	envKills   = "FACULA_RUN_TEST_KILLS" // how often TestKill kills
)

func TestMain(m *testing.M) {
	if os.Getenv(envProgram) == "train" {
		if err := trainProgram(os.Getenv(envFolder)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// program is the test binary as another program; out is what it prints.
func program(t *testing.T, name, dir string, args ...string) (cmd *exec.Cmd, out *strings.Builder) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd, out = exec.Command(self, args...), &strings.Builder{}
	cmd.Env = append(os.Environ(), envProgram+"="+name, envFolder+"="+dir)
	cmd.Stdout, cmd.Stderr = out, out
	return cmd, out
}

// trainProgram trains to the end, from a checkpoint if there is one, and saves
// one at each step. It writes what it ends with.
func trainProgram(dir string) error {
	t := newTraining(1, adamW)
	folder, err := run.Open(filepath.Join(dir, "run"), run.Keep(2), run.Best("loss", run.Min))
	if err != nil {
		return err
	}
	if _, err := folder.Restore(t.state); err != nil {
		return err
	}
	if err := t.run(func() error { return folder.Save(t.state) }); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "end"), []byte(t.print()), 0o666)
}

// A training that is killed at any moment and started again, often, ends as one
// that was left alone, to the bit. scripts/killtest kills more often.
func TestKill(t *testing.T) {
	kills := 5
	if testing.Short() {
		kills = 1
	}
	if s := os.Getenv(envKills); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	want, took := end(t, t.TempDir())
	runs, torn := 0, 0
	for killed := 0; killed < kills; runs++ {
		dir := t.TempDir()
		for killed < kills {
			// From before the first checkpoint to half of a run.
			if !kill(t, dir, time.Duration(rand.Float64()*float64(took)/2)) {
				break
			}
			killed++
			if left, _ := filepath.Glob(filepath.Join(dir, "run", ".step-*.tmp")); len(left) > 0 {
				torn++
			}
		}
		got, _ := end(t, dir)
		if got != want {
			t.Fatalf("after %d kills, the run ends in %s; want %s", killed, got, want)
		}
		// Two and the best one; and one more if the last kill was between the
		// last Save and its removal of an old one.
		if left := entries(t, filepath.Join(dir, "run")); len(left) < 2 || len(left) > 4 {
			t.Errorf("left: %q; want two checkpoints and the best one", left)
		}
	}
	if os.Getenv(envKills) != "" {
		t.Logf("%d kills in %d runs of %v; %d of them while a checkpoint was written or removed", kills, runs, took.Round(time.Millisecond), torn)
	}
}

// end trains to the end and returns what it ends with, and how long it took.
func end(t *testing.T, dir string) (string, time.Duration) {
	t.Helper()
	start := time.Now()
	cmd, out := program(t, "train", dir)
	if err := cmd.Run(); err != nil || out.Len() > 0 { // the output would tell of damaged checkpoints
		t.Fatalf("%v: %s", err, out)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "end"))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw), time.Since(start)
}

// kill trains for a while and kills; it returns false if the training was over.
func kill(t *testing.T, dir string, after time.Duration) bool {
	t.Helper()
	cmd, out := program(t, "train", dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	_ = cmd.Process.Kill() // an error if it is over
	err := cmd.Wait()
	var exit *exec.ExitError
	if err == nil {
		return false
	}
	if !errors.As(err, &exit) || exit.ExitCode() != -1 || out.Len() > 0 {
		t.Fatalf("the program ends with %v: %s", err, out)
	}
	return true
}
