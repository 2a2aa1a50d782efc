package cpu

import (
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
)

// machineMemory is how many bytes of memory this process can have: what the
// machine has, or less where a control group says so. 0 if nobody knows.
func machineMemory() int {
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) != nil {
		return 0
	}
	n := uint64(info.Totalram) * uint64(info.Unit)
	return int(min(n, groupMemory(os.DirFS("/")), maxBytes))
}

// groupMemory is the least limit of the control groups that the process is in,
// of version 1 or 2. A container may see its own group as the root.
func groupMemory(root fs.FS) uint64 {
	least := ^uint64(0)
	groups, _ := fs.ReadFile(root, "proc/self/cgroup")
	for line := range strings.Lines(string(groups)) {
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(f) != 3 {
			continue
		}
		mount, file := "sys/fs/cgroup", "memory.max"
		if f[1] == "memory" {
			mount, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		} else if f[1] != "" {
			continue
		}
		for dir := path.Join("/", f[2]); ; dir = path.Dir(dir) {
			text, _ := fs.ReadFile(root, path.Join(mount, dir, file))
			if n, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil {
				least = min(least, n)
			}
			if dir == "/" {
				break
			}
		}
	}
	return least
}
