//go:build race

package gguf

// perByte is what a byte of a file may allocate: under the race detector, small
// objects take more.
const perByte = 5
