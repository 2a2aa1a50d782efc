package train

import (
	"fmt"
	"image"

	"github.com/facula-ml/facula/train/runlog"
)

// LogImages is a callback that logs a picture after every so many epochs, such as
// images.MakeGrid of what the model makes of some samples, with a caption. draw sees the
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
