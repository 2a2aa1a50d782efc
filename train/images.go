package train

import (
	"errors"
	"fmt"
	"image"
	"image/color"

	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train/runlog"
)

// LogImages is a callback that logs a picture after every so many epochs, such as
// a [Grid] of what the model makes of some samples, with a caption. draw sees the
// model as it trains: it calls nn.Eval and nn.Train where that matters.
//
//	panics: with an error if every is less than 1 or draw is nil
func LogImages(tag string, every int, draw func(*Run) (image.Image, string, error)) Callback {
	if every < 1 || draw == nil {
		panic(fmt.Errorf("train: LogImages(%q, %d): want 1 epoch or more, and a function that draws", tag, every))
	}
	return Hooks{Epoch: func(r *Run) error {
		if r.Epoch%every != 0 {
			return nil
		}
		m, caption, err := draw(r)
		if err != nil {
			return err
		}
		return r.Log(runlog.Event{Kind: runlog.KindImage, Tag: tag, Image: &runlog.Image{Picture: m, Caption: caption}})
	}}
}

// Grid returns images side by side, in rows of so many columns, with a gap of one
// pixel. Elements are brightnesses from 0 to 1; those outside are cut off, and
// NaN is black.
//
//	shape:  x [n, c, h, w], with 1 channel (grey) or 3 (red, green, blue)
//	panics: *tensor.Error for other shapes, and if columns is less than 1
func Grid(x *tensor.Tensor, columns int) image.Image {
	if x == nil || x.Dim() != 4 || x.Len() == 0 || x.Size(1) != 1 && x.Size(1) != 3 || columns < 1 {
		tensor.Misuse("grid", errors.New("want images of shape [n, c, h, w] with 1 or 3 channels, and 1 column or more"), x)
	}
	v := tensor.Slice[float32](x.Detach().Cast(tensor.Float32))
	n, c, h, w := x.Size(0), x.Size(1), x.Size(2), x.Size(3)
	columns = min(columns, n)
	rows := (n + columns - 1) / columns
	m := image.NewNRGBA(image.Rect(0, 0, columns*(w+1)-1, rows*(h+1)-1))
	for i := range n {
		x0, y0 := i%columns*(w+1), i/columns*(h+1)
		for p := range h * w {
			at := func(channel int) uint8 { return level(v[(i*c+channel%c)*h*w+p]) }
			m.SetNRGBA(x0+p%w, y0+p/w, color.NRGBA{at(0), at(1), at(2), 255})
		}
	}
	return m
}

// level is a brightness from 0 to 255.
func level(v float32) uint8 {
	if !(v > 0) {
		return 0
	}
	return uint8(min(v, 1)*255 + 0.5)
}
