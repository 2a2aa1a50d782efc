// Package autograd has functions of functions: the Jacobian and Hessian of a
// function of tensors, products with them, gradients of each sample of a
// batch, and checkpointing, which trades time for memory.
//
// A [Func] takes tensors and returns one. It is called with tensors that stand
// for the inputs; what else it reads, such as the parameters of a model,
// counts as constant. Of a tensor with the mark of NoGrad
// it reads the Detach, since the mark would go on to its result.
//
// [VJP] and [JVP] cost one or two backward passes and are what to use where the
// whole matrix is not asked for; [Jacobian] costs one pass for each element of the
// result, [Hessian] one for each element of the inputs. [HVP] is a Hessian's
// product at the cost of two passes, [PerSample] splits gradients by samples, and
// [Checkpoint] makes room for a deep model. First derivatives of a number, and
// functions with a gradient of their own, are in package tensor: tensor.Grad and
// tensor.Function.
//
// The counterparts in PyTorch are torch.autograd.functional, torch.func and
// torch.utils.checkpoint.
package autograd
