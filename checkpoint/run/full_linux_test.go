package run_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/facula-ml/facula/checkpoint/run"
	"github.com/facula-ml/facula/tensor"
)

// largeState is one of 256 KB.
func largeState(step int) *run.State {
	return &run.State{Step: step, Parts: []run.Part{run.Module("model", &model{tensor.Full(float64(step), 256, 256)})}}
}

// holds fails unless dir has the one checkpoint of that step, as a whole.
func holds(t *testing.T, dir string, step int) {
	t.Helper()
	if got := entries(t, dir); !slices.Equal(got, []string{fmt.Sprintf("step-%06d", step)}) {
		t.Errorf("left: %q", got)
	}
	var out bytes.Buffer
	s := largeState(0)
	if found, err := openFolder(t, dir, run.Output(&out)).Restore(s); !found || err != nil || s.Step != step || out.Len() > 0 {
		t.Errorf("restored: %v, %v, step %d; %s", found, err, s.Step, out.String())
	}
}

// Where a file may not grow, as on a full disk, the old checkpoint stays. The
// limit is of a process, so the test runs itself again as another.
func TestFileLimit(t *testing.T) {
	if dir := os.Getenv(envFolder); dir != "" {
		saveBeyondLimit(t, dir)
		return
	}
	dir := t.TempDir()
	if err := openFolder(t, dir).Save(largeState(1)); err != nil {
		t.Fatal(err)
	}
	cmd, out := program(t, "", dir, "-test.run=^TestFileLimit$")
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	holds(t, dir, 1)
}

// saveBeyondLimit saves a second checkpoint that is larger than a file may be.
func saveBeyondLimit(t *testing.T, dir string) {
	f := openFolder(t, dir, run.Keep(1))
	signal.Ignore(syscall.SIGXFSZ)
	const most = 64 << 10
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
		t.Fatal(err)
	}
	err := f.Save(largeState(2))
	if !errors.Is(err, syscall.EFBIG) || !strings.Contains(err.Error(), "run: nothing was saved of step 2") {
		t.Errorf("Save returns %v; want EFBIG", err)
	}
}

// A disk of 400 KB has room for one checkpoint and a half.
func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("facula-test", disk, "tmpfs", 0, "size=400k"); err != nil {
		t.Skipf("only root can make a small disk: %v", err)
	}
	defer syscall.Unmount(disk, syscall.MNT_DETACH)
	dir := filepath.Join(disk, "run")
	f := openFolder(t, dir, run.Keep(1))
	if err := f.Save(largeState(1)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		err := f.Save(largeState(2))
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "run: nothing was saved of step 2, and the checkpoints in "+dir+" stay as they were: part model: ") {
			t.Errorf("Save returns %v; want ENOSPC", err)
		}
		holds(t, dir, 1)
	}
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT, "size=2m"); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(largeState(3)); err != nil { // there is room again
		t.Fatal(err)
	}
	holds(t, dir, 3)

	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(largeState(4)); !errors.Is(err, syscall.EROFS) {
		t.Errorf("a read-only disk: %v", err)
	}
	holds(t, dir, 3)
	if _, err := run.Open(filepath.Join(disk, "new")); !errors.Is(err, syscall.EROFS) && !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a new folder on a read-only disk: %v", err)
	}
	if _, err := os.Stat(filepath.Join(disk, "new")); err == nil {
		t.Error("it is there")
	}
}
