// Command board tests the page of facula board in a real Chromium, without a
// window, and takes its pictures for the documentation.
//
//	go run . [-shots ../../docs/pictures]
package main

import (
	"flag"
	"fmt"
	"net/http/httptest"
	"os"

	"github.com/facula-ml/facula/train/board"
)

func main() {
	shots := flag.String("shots", "", "folder for pictures; none without it")
	flag.Parse()
	if err := run(*shots); err != nil {
		fmt.Fprintln(os.Stderr, "board:", err)
		os.Exit(1)
	}
}

func run(shots string) error {
	dir, err := os.MkdirTemp("", "board")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := demo(dir); err != nil {
		return err
	}
	server := httptest.NewServer(board.Handler(dir))
	defer server.Close()
	b, err := newBrowser(server.URL, shots)
	if err != nil {
		return err
	}
	defer b.close()
	failed := 0
	for _, c := range checks {
		if err := c.run(b, dir); err != nil {
			failed++
			fmt.Printf("FAIL  %s: %v\n", c.name, err)
			continue
		}
		fmt.Printf("ok    %s\n", c.name)
	}
	if complaints := b.complaints(); len(complaints) > 0 {
		failed++
		fmt.Printf("FAIL  the browser complains: %q\n", complaints)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d checks failed", failed, len(checks))
	}
	return nil
}
