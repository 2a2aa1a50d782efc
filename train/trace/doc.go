// Package trace records the ops of a program in time, forward and backward, and
// writes them as the JSON that chrome://tracing and ui.perfetto.dev show.
//
//	rec := trace.New()
//	loss := criterion.Forward(model.Forward(rec.Watch(x)), y)
//	loss.Backward()
//	err := rec.WriteFile("step.json")
//
// In a training, [Recorder.Batches] watches some of the batches:
//
//	cfg.Train = rec.Batches(cfg.Train, 10, 3) // the batches 10, 11 and 12
//
// Each op has its name, its time, the shapes and dtypes of its inputs and results,
// and how it ran; a counter shows the memory in use. Ops of a definition lie below
// the op that they define. Optimizers are no ops: their time shows as the rest of
// the batch. Watching adds a little to the time of each op.
//
// Format: "Trace Event Format" by N. Duca and D. Sinclair, 2016.
package trace
