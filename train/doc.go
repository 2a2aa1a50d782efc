// Package train has a fit loop: epochs, validation, metrics, schedules,
// gradient clipping and progress, on the public API of the packages below.
//
//	history, err := train.Fit(ctx, train.Config{
//		Model:     model,
//		Loss:      nn.NewCrossEntropyLoss(),
//		Optimizer: optim.NewAdam(nn.Params(model), 1e-3),
//		Train:     data.NewLoader(trainSet, data.Config{BatchSize: 64, Shuffle: true}),
//		Val:       data.NewLoader(testSet, data.Config{BatchSize: 256}),
//		Epochs:    3,
//		Metrics:   []train.Metric{train.NewAccuracy()},
//	})
//
// # Around the loop
//
//   - In [Config]: gradients from several batches, mixed precision, averaged
//     weights, and a guard that says which op and layer made the first NaN.
//   - Callbacks: [EarlyStopping], [StopAfter], [LogHistograms], [LogImages], and
//     [Hooks] of one's own.
//   - [Config.Checkpoint] saves all of a training, and goes on from it to the bit.
//   - [FindLR] tries learning rates.
//   - Metrics: [Accuracy], [TopK], [Confusion], [ClassScore] (precision, recall, F1),
//     [Ranking] (AUC, average precision), [Regression], [Perplexity].
//   - Loggers: package runlog writes the folder of a run, package tensorboard what
//     TensorBoard reads, [runlog.CSV] a table.
//   - Package trace records ops in time, package plot draws.
//
// # By hand
//
// All of it is optional. The loop by hand is as short as this, and does all that
// a loop of another shape needs:
//
//	for range epochs {
//		for batch, err := range loader.All(ctx) {
//			if err != nil {
//				return err
//			}
//			opt.ZeroGrad()
//			loss.Forward(model.Forward(batch.X), batch.Y).Backward()
//			opt.Step()
//		}
//	}
package train
