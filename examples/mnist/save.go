package main

import (
	"errors"
	"fmt"
	"os"
)

// checkSave is an error if the weights could not be saved to path.
func checkSave(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("-save %s is a folder; want a file", path)
	}
	f, err := os.Create(path + ".tmp")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(path+".tmp"))
}
