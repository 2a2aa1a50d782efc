//go:build !amd64

package simd

func machine() []*Set { return nil }
