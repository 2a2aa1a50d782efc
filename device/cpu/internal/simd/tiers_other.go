//go:build !amd64 && !arm64

package simd

func machine() []*Set { return nil }
