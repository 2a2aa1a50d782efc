package data

import (
	"fmt"
	"iter"
	"math/rand/v2"
)

// Stream yields samples one after another: for a set that is too large for
// memory, or has no index. It is called with the number of an epoch, which may
// decide the order of its files, and must yield the same samples when it is
// called with the same number again. A sample that cannot be read comes as an
// error in its place; whether others follow is for the stream to say.
type Stream[T any] func(epoch int) iter.Seq2[T, error]

// StreamOf returns the samples of ds as a stream, in the order of s, or from
// the first to the last where s is nil. It panics if ds is nil.
func StreamOf[T any](ds Dataset[T], s Sampler) Stream[T] {
	wantSet("StreamOf", ds)
	if s == nil {
		s = Sequential(ds.Len())
	}
	return func(epoch int) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			for i := range s.Indices(epoch) {
				if !yield(ds.At(i)) {
					return
				}
			}
		}
	}
}

// MapStream returns s with f applied to each sample as it is read. What f
// returns as an error comes in the place of the sample.
func MapStream[T, U any](s Stream[T], f func(T) (U, error)) Stream[U] {
	return func(epoch int) iter.Seq2[U, error] {
		return func(yield func(U, error) bool) {
			for v, err := range s(epoch) {
				var u U
				if err == nil {
					u, err = f(v)
				}
				if !yield(u, err) {
					return
				}
			}
		}
	}
}

// Chain yields all of the first stream, then all of the second, and so on.
func Chain[T any](streams ...Stream[T]) Stream[T] {
	return func(epoch int) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			for _, s := range streams {
				for v, err := range s(epoch) {
					if !yield(v, err) {
						return
					}
				}
			}
		}
	}
}

// Interleave yields a sample of each stream in turn, and goes on with the
// others when one ends: files that are sorted by class mix so.
func Interleave[T any](streams ...Stream[T]) Stream[T] {
	return func(epoch int) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			var open []func() (T, error, bool)
			for _, s := range streams {
				next, stop := iter.Pull2(s(epoch))
				defer stop()
				open = append(open, next)
			}
			for len(open) > 0 {
				left := open[:0]
				for _, next := range open {
					v, err, ok := next()
					if !ok {
						continue
					}
					if !yield(v, err) {
						return
					}
					left = append(left, next)
				}
				open = left
			}
		}
	}
}

// Part returns sample rank of s, then every world-th after it, so that world
// processes share a stream. Their parts differ by one sample at most.
// It panics if the rank is not from 0 to world-1.
func Part[T any](s Stream[T], rank, world int) Stream[T] {
	if rank < 0 || rank >= world {
		panic(fmt.Errorf("data: Part: rank %d of %d, want 0 to world-1", rank, world))
	}
	return func(epoch int) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			n := 0
			for v, err := range s(epoch) {
				if n%world == rank && !yield(v, err) {
					return
				}
				n++
			}
		}
	}
}

// ShuffleStream yields the samples of s in a random order, as far as a buffer
// allows: it fills the buffer, and then yields one of its samples at random and
// puts the next one in its place. A sample can come late by any distance, but
// at most buffer-1 places early. The order depends on the seed, the epoch and
// the stream only. Errors pass at once. A buffer of less than 2 changes
// nothing.
func ShuffleStream[T any](s Stream[T], buffer int, seed uint64) Stream[T] {
	if buffer < 2 {
		return s
	}
	return func(epoch int) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			var numbers stream
			numbers.reset(seed, epoch, 0, forBuffer)
			r := rand.New(&numbers)
			var held []T
			for v, err := range s(epoch) {
				switch {
				case err != nil:
					if !yield(v, err) {
						return
					}
				case len(held) < buffer:
					held = append(held, v)
				default:
					k := r.IntN(buffer)
					v, held[k] = held[k], v
					if !yield(v, nil) {
						return
					}
				}
			}
			r.Shuffle(len(held), func(i, j int) { held[i], held[j] = held[j], held[i] })
			for _, v := range held {
				if !yield(v, nil) {
					return
				}
			}
		}
	}
}
