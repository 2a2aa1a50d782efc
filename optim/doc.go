// Package optim has the optimizers, which change parameters by their gradients.
//
//	opt := optim.NewAdamW(nn.Params(model), 3e-4, optim.WeightDecay(0.1))
//	for batch := range batches {
//		opt.ZeroGrad()
//		loss(batch).Backward()
//		opt.Step()
//	}
//
// A constructor takes the parameters (nn.Params of a model, or [Tensors]), the
// learning rate, and options; what is not given is PyTorch's default. Options
// are values and no struct, because the zero of a struct could not tell
// "β₁ = 0" from "the default". An optimizer panics at an option that it does
// not have.
//
// Parameters with options of their own are a second group:
//
//	opt := optim.NewSGD(nn.Params(body), 0.1, optim.Momentum(0.9), optim.WeightDecay(1e-4))
//	opt.AddGroup(nn.Params(head), optim.LR(0.01), optim.WeightDecay(0))
//
// # Which one
//
// AdamW, with a warm-up and a cosine (package schedule), is the usual choice;
// SGD with momentum is for convolutional networks and gives often the best
// results there. [Muon] is for the matrices of hidden layers, [Lion] and
// [Adafactor] save memory, [LBFGS] and [Rprop] want the gradients of all the data.
// The names are torch.optim's, but for Lion, which it has not; SparseAdam is
// left out, since gradients are dense here.
//
// [Average] keeps averages of the parameters (SWA, EMA), [GradScaler] is for
// float16, and gradients are clipped by [ClipGradNorm] and [ClipGradValue].
//
// Package schedule changes the groups' learning rates over time.
//
// A step writes the parameters in place, records nothing, and skips those
// without a gradient. An optimizer is used by one goroutine at a time.
package optim
