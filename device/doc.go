// Package device is the contract between tensors and the devices that hold and
// compute them. It knows element types, shapes, strides and bytes. It does not
// know gradients, modules or files, and imports only the standard library.
//
// A device is a value that implements [Device]. Package device/cpu is the one
// that is always there; its kernels are the specification of every other.
package device
