//go:build !unix

package onnx

func makePipe(path string) bool { return false }
