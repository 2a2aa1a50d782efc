// Package training holds whole training runs to PyTorch's: five models, from
// the same seed, give PyTorch's losses step by step. It has tests only.
package training
