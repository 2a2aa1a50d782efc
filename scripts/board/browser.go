package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A browser is a Chromium with the board's page.
type browser struct {
	ctx    context.Context
	close  func()
	shots  string
	mu     sync.Mutex
	errors []string
}

func newBrowser(url, shots string) (*browser, error) {
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.WindowSize(1280, 860))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(alloc)
	b := &browser{ctx: ctx, shots: shots, close: func() { cancel(); stop() }}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		b.close()
		return nil, fmt.Errorf("Chromium (Debian's package chromium) does not start: %w", err)
	}
	if err := b.do(chromedp.Navigate(url), chromedp.WaitVisible("canvas.chart")); err != nil {
		b.close()
		return nil, fmt.Errorf("the browser does not show the page: %w", err)
	}
	return b, nil
}

// listen keeps what the browser complains of: errors of scripts, refused or missing files.
func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.errors = append(b.errors, e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			b.errors = append(b.errors, e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

func (b *browser) complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.errors
}

// do gives each action half a minute.
func (b *browser) do(actions ...action) error {
	ctx, stop := context.WithTimeout(b.ctx, 30*time.Second)
	defer stop()
	return chromedp.Do(ctx, actions...)
}

type action = chromedp.Action[chromedp.Void]

// key presses keys as a person would.
func (b *browser) key(keys string, mods ...chromedp.KeyOption) error {
	return b.do(chromedp.KeyEvent(keys, mods...))
}

// eval is the value of a JavaScript expression.
func eval[T any](b *browser, js string) (v T, err error) {
	return chromedp.Run(b.ctx, chromedp.Evaluate[T](js))
}

// want waits up to five seconds until an expression has a value.
func want[T comparable](b *browser, js string, value T) error {
	var got T
	var err error
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if got, err = eval[T](b, js); err == nil && got == value {
			return nil
		}
	}
	return fmt.Errorf("%s is %v (%v); want %v", js, got, err, value)
}

// shoot takes a picture of the window.
func (b *browser) shoot(name string) error {
	if b.shots == "" {
		return nil
	}
	time.Sleep(200 * time.Millisecond)
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(b.shots, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.shots, name+".png"), png, 0o644)
}
