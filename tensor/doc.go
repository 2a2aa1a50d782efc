// Package tensor has tensors, the operations on them, and automatic
// differentiation: PyTorch's ideas and words in Go's case.
//
//	x := tensor.Of([]float32{1, 2, 3, 4}, 2, 2)
//	w := tensor.Randn(2, 3).RequireGrad()
//	x.MatMul(w).ReLU().Sum().Backward()
//	fmt.Println(w.Grad())
//
// # Tensors
//
// A [Tensor] is an array of up to 8 dims with elements of one [DType], float32
// unless said otherwise. [Of], [Zeros], [Randn], [Arange] and others make one;
// [Make] is for another dtype, device or [Generator]. [Slice], [Item] and
// [Tensor.Float] give Go values back. Results are new tensors. The few methods
// that change their tensor end in InPlace or are called [Tensor.Fill],
// [Tensor.Zero] and [Tensor.CopyFrom].
//
// [Tensor.Index], [Tensor.Select], [Tensor.Slice], [Tensor.Permute] and their
// like return views, which share the data of their base. Two tensors broadcast
// and promote their dtypes as in PyTorch. A Go number joins a tensor by a method
// of its own: x.AddScalar(1) keeps int64, x.AddScalar(1.0) makes float32 of it.
//
// Dims are counted from 0, or from -1 backwards. They come last:
// x.Softmax(-1), x.Sum([Dims](0, 1), [KeepDim]).
//
// # Where to look
//
//   - Made: [Of], [Scalar], [Zeros], [Full], [Arange], [Eye], [Randn], [RandInt];
//     [Make] has them all.
//   - Arithmetic: [Tensor.Add] and its like, by names of operators; one method a
//     function, [Tensor.Exp], [Tensor.Tanh]. More are in package special.
//   - Shape: [Tensor.Reshape], [Tensor.Transpose], [Tensor.Expand], [Cat], [Stack],
//     [Tensor.Split], [Tensor.Pad].
//   - Elements: [Tensor.Index] and [Tensor.IndexPut] read and write as Python's
//     brackets do; [Tensor.Gather], [Tensor.ScatterAdd] and [Tensor.ScatterReduce]
//     by an index tensor; [Where] and [Tensor.MaskedFill] by a mask.
//   - Reductions: [Tensor.Sum], [Tensor.Mean], [Tensor.Max], [Tensor.MaxDim],
//     [Tensor.LogSumExp]; running ones, [Tensor.CumSum].
//   - Order: [Tensor.Sort], [Tensor.TopK], [Tensor.Unique], [Tensor.SearchSorted].
//   - Statistics: [Tensor.Var], [Tensor.Quantile], [Tensor.Histogram], [Tensor.Cov].
//   - Products: [Tensor.MatMul], [Einsum], [Tensor.Linear]; what solves or
//     decomposes is in package linalg.
//   - Networks: activations such as [Tensor.GELU], [Tensor.Softmax], [Tensor.Conv2d],
//     [Tensor.MaxPool2d], [Tensor.LayerNorm], [Embedding],
//     [ScaledDotProductAttention], [CrossEntropy]. Package nn makes layers of them.
//
// # Gradients
//
// [Tensor.RequireGrad] marks a leaf. What is computed from it is recorded, and
// [Tensor.Backward] adds the derivatives to [Tensor.Grad]; [Grad] returns them
// instead, and [CreateGraph] makes them differentiable again.
//
// Nothing global switches recording off. [Tensor.NoGrad] returns the tensor with
// a mark that travels: an op with a marked input records nothing and marks its
// result. So model.Forward(x.NoGrad()) evaluates, next to goroutines that train.
// [Tensor.Autocast], [Tensor.Observe] and [Tensor.DetectAnomaly] are such marks too.
// Package autograd has Jacobians, Hessians and checkpoints.
//
// # Memory
//
// Memory that is not used any more comes back by itself, when Go's collector
// finds out. A [Scope] gives what a training step computes back at once, and
// makes its small tensors without the collector: s.In(x) enters, results are in
// the scope too, s.Close() ends them all, and [Tensor.Keep] takes one out.
// [Tensor.Free] is for one tensor, [MemoryStats] counts.
//
// # Errors
//
// Misuse, such as shapes that do not fit, is a bug of the program: the op panics
// with an [*Error] that says the op, the shapes and the rule. [Try] turns just
// that panic into an error.
//
// # Ops of one's own
//
// A [Function] is a computation with a gradient of its own. An [Op], run by
// [Apply], also can have a kernel. [GradCheck] compares any gradient with finite
// differences.
package tensor
