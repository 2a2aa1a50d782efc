package datasets

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// fetcher downloads files.
type fetcher struct {
	client   *http.Client
	progress func(Progress) // nil for none
	verified bool           // a checksum follows, so a partial file may be continued
	attempts int            // per mirror
	pause    time.Duration  // before the second attempt; doubled each time
	stall    time.Duration  // the longest wait for an answer or the next bytes
	limit    int64          // bytes of a file
}

// newFetcher returns the fetcher that the options ask for.
func newFetcher(o options) *fetcher {
	return &fetcher{
		client: o.client, progress: o.progress, verified: !o.skipChecksum,
		attempts: 4, pause: time.Second, stall: time.Minute, limit: maxElements,
	}
}

// final marks an error that another attempt would meet again.
type final struct{ error }

func (f final) Unwrap() error { return f.error }

// fetch stores the file name of the first mirror that has it in dir, once
// verify accepts it. Until then its bytes lie beside it in name.part, which
// stays after a failure for the next call to continue.
func (f *fetcher) fetch(ctx context.Context, mirrors []string, dir, name string, verify func(path string) error) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("datasets: %w", err)
	}
	path := filepath.Join(dir, name)
	part := path + ".part"
	errs := []error{fmt.Errorf("datasets: download of %s failed", name)}
	for _, mirror := range mirrors {
		url := strings.TrimSuffix(mirror, "/") + "/" + name
		err := f.fromMirror(ctx, url, part, verify)
		if err == nil {
			return install(part, path)
		}
		if ctx.Err() != nil {
			return fmt.Errorf("datasets: download of %s: %w", name, ctx.Err())
		}
		errs = append(errs, fmt.Errorf("%s: %w", url, err))
	}
	if info, err := os.Stat(part); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		os.Remove(part) // nothing to continue
	}
	return errors.Join(errs...)
}

// fromMirror completes part from one address and verifies it.
func (f *fetcher) fromMirror(ctx context.Context, url, part string, verify func(path string) error) error {
	var err error
	for try := range f.attempts {
		if try > 0 && !sleep(ctx, f.pause<<(try-1)) {
			return ctx.Err()
		}
		var resumed bool
		resumed, err = f.attempt(ctx, url, part)
		if err == nil {
			if err = verify(part); err == nil {
				return nil
			}
			if e := os.Remove(part); e != nil || !resumed {
				return errors.Join(err, e) // this mirror's file is another one
			}
			continue // the bytes from before may be the wrong ones: start over
		}
		if ctx.Err() != nil || errors.As(err, new(final)) {
			return err
		}
	}
	return err
}

// sleep returns false when ctx ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// install gives a complete, synced file its name.
func install(part, path string) error {
	if err := os.Rename(part, path); err != nil {
		return fmt.Errorf("datasets: %w", err)
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		_ = dir.Sync() // not every system can sync a folder
		dir.Close()
	}
	return nil
}
