// Package autograd has functions of functions: the Jacobian and Hessian of a
// function of tensors, products with them, gradients of each sample of a
// batch, and checkpointing, which trades time for memory.
//
// A [Func] takes tensors and returns one. It is called with tensors that stand
// for the inputs; what else it reads, such as the parameters of a model,
// counts as constant.
//
// The counterparts in PyTorch are torch.autograd.functional, torch.func and
// torch.utils.checkpoint.
package autograd
