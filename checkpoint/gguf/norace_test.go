//go:build !race

package gguf

// perByte is what a byte of a file may allocate.
const perByte = 4
