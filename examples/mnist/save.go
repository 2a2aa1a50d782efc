package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// save writes a model's state dict in the safetensors format, which PyTorch
// and others read: the length of a JSON header, the header, the data. The file
// appears under its name only when it is whole.
func save(path string, model any) (err error) {
	type info struct {
		DType   string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	header := map[string]info{}
	var data [][]float32
	offset := 0
	for name, t := range nn.StateDict(model).All() {
		v := tensor.Slice[float32](t)
		header[name] = info{"F32", t.Shape(), [2]int{offset, offset + 4*len(v)}}
		offset += 4 * len(v)
		data = append(data, v)
	}
	head, err := json.Marshal(header)
	if err != nil {
		return err
	}
	f, err := os.Create(path + ".tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(path + ".tmp")
		}
	}()
	err = errors.Join(binary.Write(f, binary.LittleEndian, uint64(len(head))), writeAll(f, head))
	for _, v := range data {
		err = errors.Join(err, binary.Write(f, binary.LittleEndian, v))
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}

// checkSave is an error if save could not write path.
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

func writeAll(w io.Writer, b []byte) error {
	_, err := w.Write(b)
	return err
}
