package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/facula-ml/facula/train/board"
)

func (a *app) board() *cobra.Command {
	var address string
	c := &cobra.Command{
		Use:   "board [RUNS]",
		Short: "Serves a page with the curves of runs, live while they train",
		Long: `board serves a page, from this binary and for this machine only, with all runs below a
folder: curves, settings side by side, confusion matrices, sample images, histograms.
It follows runs while they train. Press ? on the page for its keys.

  facula board                     the runs in ./runs, at http://localhost:6060
  facula board runs/mnist          one run
  facula board --listen :8080      for other machines too: whoever reaches it can look`,
		Args: wantArgs(0, 1, "a folder of runs, or none for ./runs"),
		RunE: func(c *cobra.Command, args []string) error {
			dir := "runs"
			if len(args) > 0 {
				dir = args[0]
			}
			if info, err := os.Stat(dir); err != nil || !info.IsDir() {
				return fmt.Errorf("there is no folder %s; facula train makes it, or name another one", dir)
			}
			return a.serveBoard(c.Context(), dir, address)
		},
	}
	c.Flags().StringVar(&address, "listen", "localhost:6060", "address to serve at")
	return c
}

func (a *app) serveBoard(ctx context.Context, dir, address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("%w; another address: --listen localhost:6061", err)
	}
	url := "http://" + listener.Addr().String()
	if err := a.result(map[string]string{"url": url, "runs": dir}, func() { fmt.Fprintf(a.out, "runs of %s at %s — Ctrl-C ends it\n", dir, url) }); err != nil {
		return err
	}
	server := &http.Server{Handler: board.Handler(dir), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
