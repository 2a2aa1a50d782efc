// Package plot draws what trainings give as PNG and SVG: curves of one run or of
// several, confusion matrices, histograms, learning-rate ranges, and images.
//
//	_, events, err := runlog.Read("runs/first")
//	…
//	f, err := plot.Curves(plot.Options{Title: "loss", X: "step", Smooth: 0.9},
//		plot.Scalars("train", events, "train/loss"),
//		plot.Scalars("validation", events, "val/loss"))
//	…
//	err = f.Save("loss.png")
//
// It draws with gonum.org/v1/plot. Colours are those of Okabe and Ito, which
// people with colour blindness can tell apart, on white.
package plot
