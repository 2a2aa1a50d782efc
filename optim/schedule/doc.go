// Package schedule changes the learning rates of an optimizer over time.
//
//	opt := optim.NewSGD(params, 0.1, optim.Momentum(0.9))
//	sched := schedule.New(opt, schedule.Cosine(epochs, 0))
//	for range epochs {
//		for batch := range batches {
//			…
//			opt.Step()
//		}
//		sched.Step() // after the optimizer's
//	}
//
// New sets the rate of the first step. Call Step after the optimizer's: once
// an epoch or once a batch, whichever the schedule counts in.
//
// A [Curve] says the rate as a function of how many steps were made, and of
// the rate that the group started with. PyTorch mostly computes a rate from the
// one before it; the numbers are the same but for rounding (1e-12 relative is
// tested). What follows from the closed form: a schedule is where its count is,
// so it is saved as one number, curves combine as functions do, and a rate set
// by hand is overwritten by the next Step.
//
// [Plateau] is different: it looks at a metric.
package schedule
