//go:build unix

package runlog_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/facula-ml/facula/train/runlog"
)

// TestMain is the program that TestKill kills, if it is told so: it goes on with a
// run from a step, and writes as fast as it can.
func TestMain(m *testing.M) {
	dir := os.Getenv("RUNLOG_TEST_DIR")
	if dir == "" {
		os.Exit(m.Run())
	}
	step, _ := strconv.Atoi(os.Getenv("RUNLOG_TEST_STEP"))
	w, err := runlog.Append(dir, step)
	for err == nil {
		step++
		err = w.Write(runlog.Scalar(step, 1, "x", float64(step)))
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// A writer that is killed, again and again, leaves a run whose steps follow each
// other, without a line that is lost between two others.
func TestKill(t *testing.T) {
	w, dir := create(t)
	must(t, w.Close())
	kills, last := 6, 0
	if testing.Short() {
		kills = 2
	}
	for i := range kills {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "RUNLOG_TEST_DIR="+dir, "RUNLOG_TEST_STEP="+strconv.Itoa(last))
		must(t, cmd.Start())
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Duration(i+1) * 3 * time.Millisecond) {
			info, err := os.Stat(filepath.Join(dir, "events.jsonl"))
			must(t, err)
			if info.Size() > int64(i+1)*200_000 {
				break
			}
			if time.Now().After(end) {
				t.Fatal("it writes nothing")
			}
		}
		must(t, cmd.Process.Kill())
		_ = cmd.Wait() // killed
		r, err := runlog.Open(dir)
		must(t, err)
		var events []runlog.Event
		for {
			more, err := r.Next()
			must(t, err)
			if len(more) == 0 {
				break
			}
			events = runlog.Merge(events, more)
		}
		if r.Skipped() != 0 {
			t.Fatalf("kill %d: %d lines are none", i, r.Skipped())
		}
		for j, e := range events {
			if e.Step != j+1 || e.Value != float64(e.Step) {
				t.Fatalf("kill %d: event %d is %+v", i, j, e)
			}
		}
		if len(events) <= last {
			t.Fatalf("kill %d: %d events, and %d before", i, len(events), last)
		}
		last = len(events) * 3 / 4 // a checkpoint of some time before
	}
}
