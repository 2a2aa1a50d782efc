// Package optest proves every op of a device against the table of package
// tensor: values, dtypes, layouts, special values, gradients of first and
// second order, error messages. A new device's whole op test is
//
//	func TestOps(t *testing.T) { optest.Run(t, dev) }
//
// A package of ops of its own gives its table:
//
//	func TestOps(t *testing.T) { optest.Run(t, &cpu.CPU{}, special.Entries()...) }
package optest
