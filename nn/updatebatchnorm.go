package nn

// self is l, for whoever has only a layer that embeds it.
func (l *BatchNorm) self() *BatchNorm { return l }

// UpdateBatchNorm computes the running statistics of m's batch normalisations
// anew: forward is to run m, in training mode, over all the data. The
// statistics are those of all its batches. It is for parameters that were not
// trained as they are, such as averages:
//
//	ema.Swap()
//	nn.UpdateBatchNorm(model, func() {
//		for batch := range batches {
//			model.Forward(batch.X.NoGrad())
//		}
//	})
//
// source: torch.optim.swa_utils.update_bn
func UpdateBatchNorm(m any, forward func()) {
	type before struct {
		norm                 *BatchNorm
		training, cumulative bool
	}
	var norms []before
	for _, layer := range Modules(m) {
		b, ok := layer.(interface{ self() *BatchNorm })
		if !ok || b.self().RunningMean == nil {
			continue
		}
		l := b.self()
		norms = append(norms, before{l, l.Training, l.Cumulative})
		l.RunningMean.NoGrad().Zero()
		l.RunningVar.NoGrad().Fill(1)
		l.NumBatchesTracked.NoGrad().Zero()
		l.Training, l.Cumulative = true, true
	}
	defer func() {
		for _, b := range norms {
			b.norm.Training, b.norm.Cumulative = b.training, b.cumulative
		}
	}()
	forward()
}
