// Package tensorboard writes the event files that TensorBoard reads: scalars,
// histograms, images, texts, and hyper-parameters.
//
//	w, err := tensorboard.Create("runs/first")
//	…
//	history, err := train.Fit(ctx, train.Config{…, Loggers: []train.Logger{w}})
//	w.Close()
//
// Then "tensorboard --logdir runs" shows all runs below that folder.
//
// The format: records of a length, a checksum and a message (TFRecord), where a
// message is an Event of tensorflow/core/util/event.proto. Only protobuf's wire
// format is needed for it.
package tensorboard
