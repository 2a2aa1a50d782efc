// Package cpu runs ops on the host. Its plain Go kernels are the specification
// that every faster kernel and every other device is tested against.
//
// A kernel is a function of contiguous rows; three drivers hand it those rows
// whatever the strides: iterate (elementwise, with broadcasting), lanes (along
// one dim) and reduce. Half-precision types are widened to float32 at the edge
// of a row.
package cpu
