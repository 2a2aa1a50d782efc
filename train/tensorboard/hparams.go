package tensorboard

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// HParams writes the run's hyper-parameters, which TensorBoard shows in a table
// beside the last values of some metrics: scalars, named by their tags. Values are
// numbers, booleans and strings; of others it takes the text. Call it once, before
// Close, which says that the run has ended.
//
//	source: tensorboard/plugins/hparams/plugin_data.proto and api.proto
func (w *Writer) HParams(params map[string]any, metrics ...string) error {
	w.mu.Lock()
	w.session = true
	w.mu.Unlock()
	return w.hparams(seconds(time.Now()), params, metrics)
}

func (w *Writer) hparams(now float64, params map[string]any, metrics []string) error {
	var experiment, start message
	experiment = experiment.double(3, now)
	for _, name := range slices.Sorted(maps.Keys(params)) {
		kind, v := hparam(params[name])
		experiment = experiment.bytes(4, message(nil).text(1, name).integer(4, kind))
		start = start.bytes(1, message(nil).text(1, name).bytes(2, v))
	}
	for _, tag := range metrics {
		experiment = experiment.bytes(5, message(nil).bytes(1, message(nil).text(2, tag)))
	}
	start = start.double(5, now)
	if err := w.pluginEvent(now, "_hparams_/experiment", message(nil).bytes(2, experiment)); err != nil {
		return err
	}
	return w.pluginEvent(now, "_hparams_/session_start_info", message(nil).bytes(3, start))
}

// end says that the run has ended well.
func (w *Writer) end(now float64) error {
	return w.pluginEvent(now, "_hparams_/session_end_info", message(nil).bytes(4, message(nil).integer(1, 1).double(2, now)))
}

func (w *Writer) pluginEvent(now float64, tag string, content []byte) error {
	v := message(nil).text(1, tag).bytes(9, plugin("hparams", content))
	return w.event(event(now, 0).bytes(5, message(nil).bytes(1, v)))
}

// hparam is a value as a google.protobuf.Value, and its DataType.
func hparam(v any) (kind int64, m message) {
	const isString, isBool, isNumber = 1, 2, 3
	switch x := v.(type) {
	case bool:
		return isBool, message(nil).always(4, protowire.VarintType, protowire.EncodeBool(x))
	case float64:
		return isNumber, numberValue(x)
	case float32:
		return isNumber, numberValue(float64(x))
	case int:
		return isNumber, numberValue(float64(x))
	case int64:
		return isNumber, numberValue(float64(x))
	default:
		return isString, message(nil).text(3, fmt.Sprint(v))
	}
}

func numberValue(v float64) message {
	return message(nil).always(2, protowire.Fixed64Type, math.Float64bits(v))
}
