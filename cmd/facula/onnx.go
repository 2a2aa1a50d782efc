package main

import "strings"

func isONNX(path string) bool { return strings.HasSuffix(path, ".onnx") }

func (a *app) inspectONNX(path string) error { return nil }

func (a *app) exportRun(dir, out string, batch int) error { return nil }
