package cpu

import (
	"testing"
	"testing/fstest"
)

func TestGroupMemory(t *testing.T) {
	const none = ^uint64(0)
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s + "\n")} }
	for what, c := range map[string]struct {
		root fstest.MapFS
		want uint64
	}{
		"no groups": {fstest.MapFS{}, none},
		"version 2": {fstest.MapFS{"proc/self/cgroup": file("0::/a/b"), "sys/fs/cgroup/a/b/memory.max": file("max"), "sys/fs/cgroup/a/memory.max": file("4096")}, 4096},
		"version 1": {fstest.MapFS{"proc/self/cgroup": file("5:cpu:/x\n4:memory:/x"), "sys/fs/cgroup/memory/x/memory.limit_in_bytes": file("8192")}, 8192},
		"container": {fstest.MapFS{"proc/self/cgroup": file("0::/docker/1234"), "sys/fs/cgroup/memory.max": file("100")}, 100},
		"least":     {fstest.MapFS{"proc/self/cgroup": file("0::/a"), "sys/fs/cgroup/memory.max": file("100"), "sys/fs/cgroup/a/memory.max": file("50")}, 50},
		"no limit":  {fstest.MapFS{"proc/self/cgroup": file("0::/"), "sys/fs/cgroup/memory.max": file("max")}, none},
	} {
		if got := groupMemory(c.root); got != c.want {
			t.Errorf("%s: %d; want %d", what, got, c.want)
		}
	}
	if machineMemory() <= 0 {
		t.Error("the machine has no memory")
	}
}
