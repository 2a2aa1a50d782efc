package data

import (
	"errors"
	"math/rand/v2"
)

// Map returns ds with f applied to each sample as it is read. What f returns
// as an error, and what it panics with, reaches the loop as a *SampleError.
// f must be safe for several goroutines at once.
// Map panics if ds or f is nil.
func Map[T, U any](ds Dataset[T], f func(T) (U, error)) Dataset[U] {
	if f == nil {
		panic(errors.New("data: Map: the function is nil"))
	}
	return MapRand(ds, func(v T, _ *rand.Rand) (U, error) { return f(v) })
}

// MapRand is Map for a transform that draws random numbers, such as a crop.
// In a loader, r depends on the loader's seed, the epoch and the sample's
// index in the loader's dataset only: every epoch draws anew, and each can be
// repeated. An index that a sampler repeats draws anew each time. Transforms in
// a chain draw from one r, one after another. Without a loader, At(i) draws the
// same numbers every time. f must not keep r. MapRand
// panics if ds or f is nil.
func MapRand[T, U any](ds Dataset[T], f func(v T, r *rand.Rand) (U, error)) Dataset[U] {
	wantSet("Map", ds)
	if f == nil {
		panic(errors.New("data: MapRand: the function is nil"))
	}
	return &mapped[T, U]{ds, f}
}

type mapped[T, U any] struct {
	ds Dataset[T]
	f  func(T, *rand.Rand) (U, error)
}

func (m *mapped[T, U]) Len() int { return m.ds.Len() }

func (m *mapped[T, U]) At(i int) (U, error) { return readFixed(m, i) }

func (m *mapped[T, U]) AtRand(i int, r *rand.Rand) (U, error) {
	v, err := read(m.ds, i, r)
	if err != nil {
		var zero U
		return zero, err
	}
	return m.f(v, r)
}
