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
// Package schedule changes the groups' learning rates over time.
//
// A step writes the parameters in place, records nothing, and skips those
// without a gradient. An optimizer is used by one goroutine at a time.
package optim
