// Command mutate plants bugs, one at a time, in a scratch copy of the module
// and fails unless the tests catch each of them. A test suite that lets a wrong
// gradient pass proves nothing about the right ones.
//
//	go run ./internal/mutate [-every n] [regexp of bug names]
package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// A bug is one change of one file, and the tests that must notice it.
type bug struct {
	name     string
	file     string
	old, new string // old must stand exactly once in file
	test     string // arguments of go test
}

// timeout is for one bug: a bug may make a test hang, which is noticing too.
const timeout = 3 * time.Minute

func main() {
	every := flag.Int("every", 1, "plant every n-th bug only")
	flag.Parse()
	want := regexp.MustCompile(strings.Join(flag.Args(), "|"))
	var chosen []bug
	for i, b := range slices.Concat(bugs, fileBugs) {
		if i%max(1, *every) == 0 && want.MatchString(b.name) {
			chosen = append(chosen, b)
		}
	}
	missed := plant(chosen, 2)
	fmt.Printf("mutate: %d of %d planted bugs caught\n", len(chosen)-missed, len(chosen))
	if missed > 0 || len(chosen) == 0 {
		os.Exit(1)
	}
}

// plant tries all bugs on a few copies of the module and counts the missed ones.
func plant(list []bug, workers int) int {
	jobs := make(chan bug)
	var mu sync.Mutex
	missed := 0
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			dir, err := copyModule(".")
			if err != nil {
				fatal(err)
			}
			defer os.RemoveAll(dir)
			for b := range jobs {
				start := time.Now()
				verdict, ok := try(dir, b)
				mu.Lock()
				fmt.Printf("%-9s %s (%.0fs)\n", verdict, b.name, time.Since(start).Seconds())
				if !ok {
					missed++
				}
				mu.Unlock()
			}
		})
	}
	for _, b := range list {
		jobs <- b
	}
	close(jobs)
	wg.Wait()
	return missed
}

// try plants one bug in dir, runs its tests and takes it out again.
func try(dir string, b bug) (verdict string, caught bool) {
	path := filepath.Join(dir, b.file)
	src, err := os.ReadFile(path)
	if err != nil {
		return "NO FILE", false
	}
	if n := strings.Count(string(src), b.old); n != 1 {
		return fmt.Sprintf("FOUND %d×", n), false
	}
	bad := strings.Replace(string(src), b.old, b.new, 1)
	if err := os.WriteFile(path, []byte(bad), 0o644); err != nil {
		fatal(err)
	}
	defer os.WriteFile(path, src, 0o644)
	args := []string{"test", "-count=1", "-vet=off"}
	if !strings.Contains(b.test, "/^") { // all tests: -short; of one op, every sample
		args = append(args, "-short")
	}
	out, err := goCommand(dir, append(args, strings.Fields(b.test)...)...)
	switch {
	case err == nil:
		return "MISSED", false
	case strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]"):
		fmt.Println(out)
		return "NO BUILD", false
	}
	return "caught", true
}

func goCommand(dir string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// copyModule copies the Go files and test data, without the large data sets.
func copyModule(root string) (string, error) {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return "", err
	}
	return dir, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, path)
		if d.IsDir() {
			if path == ".git" || path == filepath.Join("examples", "data") {
				return fs.SkipDir
			}
			return os.MkdirAll(to, 0o755)
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, src, 0o644)
	})
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "mutate:", err)
	os.Exit(1)
}
