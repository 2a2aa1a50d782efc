package datasets

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

var (
	errStall = errors.New("the server sends nothing")
	errRange = errors.New("the server's file does not continue the partial one")
)

// attempt appends to part the bytes that it lacks. It reports whether bytes
// from before were kept.
func (f *fetcher) attempt(ctx context.Context, url, part string) (resumed bool, err error) {
	file, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return false, final{err}
	}
	defer func() {
		if e := file.Close(); err == nil && e != nil {
			err = final{e}
		}
	}()
	have := int64(0)
	if f.verified { // otherwise nothing would show that two halves do not fit
		if have, err = file.Seek(0, io.SeekEnd); err != nil {
			return false, final{err}
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(f.stall, func() { cancel(errStall) })
	defer watch.Stop()
	have, err = f.transfer(ctx, url, file, have, func() { watch.Reset(f.stall) })
	if err != nil && context.Cause(ctx) == errStall {
		err = fmt.Errorf("%w for %v", errStall, f.stall)
	}
	return have > 0, err
}

// transfer asks for what follows the first have bytes of file, and writes and
// syncs it. It returns how many of the bytes from before it kept, and calls
// alive when there is news.
func (f *fetcher) transfer(ctx context.Context, url string, file *os.File, have int64, alive func()) (int64, error) {
	resp, err := f.request(ctx, url, have)
	if err != nil {
		return have, err
	}
	defer resp.Body.Close()
	alive()
	start, size := contentRange(resp.Header.Get("Content-Range"))
	switch code := resp.StatusCode; {
	case code == http.StatusOK: // a server without ranges sends all of it
		have = 0
	case code == http.StatusPartialContent && start == have:
	case code == http.StatusRequestedRangeNotSatisfiable && size == have:
		return have, nil // it was complete
	case code == http.StatusPartialContent, code == http.StatusRequestedRangeNotSatisfiable:
		if err := file.Truncate(0); err != nil {
			return 0, final{err}
		}
		return 0, errRange
	default:
		return have, statusError(resp)
	}
	if err := file.Truncate(have); err != nil {
		return 0, final{err}
	}
	if _, err := file.Seek(have, io.SeekStart); err != nil {
		return 0, final{err}
	}
	if err := f.store(resp, file, have, alive); err != nil {
		return have, err
	}
	if err := file.Sync(); err != nil {
		return have, final{err}
	}
	return have, nil
}

// request sends the request. The caller closes the body.
func (f *fetcher) request(ctx context.Context, url string, have int64) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, final{err}
	}
	// Ranges count the bytes as they are stored, so nothing may unzip them on
	// the way.
	req.Header.Set("Accept-Encoding", "identity")
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	resp, err := f.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.Request.URL.Scheme != "https" && !f.verified {
		resp.Body.Close()
		return nil, final{ErrInsecure}
	}
	return resp, nil
}

// store appends the body to file.
func (f *fetcher) store(resp *http.Response, file *os.File, have int64, alive func()) error {
	total := int64(-1)
	if resp.ContentLength >= 0 {
		total = have + resp.ContentLength
	}
	name := strings.TrimSuffix(filepath.Base(file.Name()), ".part")
	buf := make([]byte, 64<<10)
	for {
		n, err := resp.Body.Read(buf)
		have += int64(n)
		if max(have, total) > f.limit {
			return final{fmt.Errorf("the file is larger than the limit of %d bytes", f.limit)}
		}
		if _, e := file.Write(buf[:n]); e != nil {
			return final{e}
		}
		if n > 0 {
			alive()
			if f.progress != nil {
				f.progress(Progress{File: name, Done: have, Total: total})
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// contentRange reads "bytes 5-9/10", where the range or the size may be "*".
// What it does not find is -1.
func contentRange(header string) (start, size int64) {
	start, size = -1, -1
	span, all, ok := strings.Cut(strings.TrimPrefix(header, "bytes "), "/")
	if !ok {
		return start, size
	}
	first, _, _ := strings.Cut(span, "-")
	return number(first), number(all)
}

// number returns a decimal number, or -1.
func number(s string) int64 {
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil {
		return -1
	}
	return int64(n)
}

// statusError returns an error for an answer without a file. The server may
// change its mind on the ones that are not final.
func statusError(resp *http.Response) error {
	err := fmt.Errorf("the server answers %s", resp.Status)
	switch code := resp.StatusCode; {
	case code >= 500, code == http.StatusRequestTimeout, code == http.StatusTooManyRequests:
		return err
	}
	return final{err}
}
