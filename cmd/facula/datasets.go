package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/facula-ml/facula/cmd/facula/internal/recipe"
	"github.com/facula-ml/facula/data/datasets"
)

func (a *app) datasets() *cobra.Command {
	c := &cobra.Command{
		Use:   "datasets",
		Short: "Lists the data sets that facula knows, and downloads them",
		Long: `datasets lists the data sets that recipes can name, with their size and licence, and
whether they are in the cache of this user. Downloads are checked against published
checksums, and taken up again where they broke off.

  facula datasets
  facula datasets get cifar-10`,
		Args: wantArgs(0, 0, "none, or get NAME"),
		RunE: func(*cobra.Command, []string) error { return a.listDatasets() },
	}
	c.AddCommand(&cobra.Command{
		Use:   "get NAME",
		Short: "Downloads a data set",
		Args:  wantArgs(1, 1, "the name of a data set"),
		RunE:  func(c *cobra.Command, args []string) error { return a.getDataset(c.Context(), args[0]) },
	})
	return c
}

func (a *app) listDatasets() error {
	list := datasets.List()
	rows := [][]string{{"name", "", "download", "licence", "what"}}
	for _, i := range list {
		here, bytes := "", "-"
		if i.Present {
			here = "here"
		}
		if i.Bytes > 0 {
			bytes = size(i.Bytes)
		}
		rows = append(rows, []string{i.Name, here, bytes, i.License, i.Description})
	}
	return a.result(list, func() { a.table(rows) })
}

// getDataset opens a set with leave to download it.
func (a *app) getDataset(ctx context.Context, name string) error {
	both := func(open func(string, bool, ...datasets.Option) (*datasets.ImageSet, error)) func(...datasets.Option) error {
		return func(o ...datasets.Option) error {
			_, err := open("", true, o...)
			if err == nil {
				_, err = open("", false, o...)
			}
			return err
		}
	}
	get := map[string]func(...datasets.Option) error{
		"mnist": both(datasets.MNIST), "fashion-mnist": both(datasets.FashionMNIST), "cifar-10": both(datasets.CIFAR10), "cifar-100": both(datasets.CIFAR100),
		"cifar10": both(datasets.CIFAR10), "cifar100": both(datasets.CIFAR100), // as recipes name them
		"tiny-shakespeare": func(o ...datasets.Option) error { _, err := datasets.TinyShakespeare("", o...); return err },
		"wikitext-2":       func(o ...datasets.Option) error { _, err := datasets.WikiText2("", "train", o...); return err },
		"iris":             func(...datasets.Option) error { return nil },
	}
	f, ok := get[name]
	if !ok {
		var names []string
		for _, i := range datasets.List() {
			names = append(names, i.Name)
		}
		return usageError{fmt.Errorf("there is no data set %q%s", name, recipe.Suggest(name, names))}
	}
	bars := mpb.NewWithContext(ctx, mpb.WithOutput(a.log))
	err := f(datasets.Download, datasets.Context(ctx), datasets.OnProgress(follow(bars)))
	if err != nil {
		bars.Shutdown()
	}
	bars.Wait()
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("interrupted; the same command goes on from there: %w", err)
	}
	if err != nil {
		return err
	}
	return a.result(map[string]string{"name": name}, func() { fmt.Fprintln(a.out, name, "is here and checked") })
}

// follow draws a bar for each file.
func follow(bars *mpb.Progress) func(datasets.Progress) {
	open := map[string]*mpb.Bar{}
	return func(p datasets.Progress) {
		b := open[p.File]
		if b == nil {
			b = bars.AddBar(p.Total, mpb.PrependDecorators(decor.Name(p.File+" ")), mpb.AppendDecorators(decor.CountersKibiByte("% .1f / % .1f")))
			open[p.File] = b
		}
		b.SetTotal(p.Total, p.Total > 0 && p.Done >= p.Total)
		b.SetCurrent(p.Done)
	}
}
