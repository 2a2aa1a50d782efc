"""Makes events.bin: what TensorBoard's own classes write for the events of
golden_test.go.

    python3 make_events.py > events.bin

The version that made it: tensorboard 2.21.0.
"""
import io
import sys

from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2, types_pb2
from tensorboard.plugins.hparams import api_pb2, plugin_data_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

out = io.BytesIO()
writer = RecordWriter(out)


def write(**fields):
    writer.write(event_pb2.Event(**fields).SerializeToString(deterministic=True))


def value(t, step, **fields):
    write(wall_time=t, step=step, summary=summary_pb2.Summary(value=[summary_pb2.Summary.Value(**fields)]))


def text(t, step, tag, s):
    tensor = tensor_pb2.TensorProto(
        dtype=types_pb2.DT_STRING, string_val=[s.encode()],
        tensor_shape=tensor_shape_pb2.TensorShapeProto(dim=[tensor_shape_pb2.TensorShapeProto.Dim(size=1)]))
    value(t, step, tag=tag + "/text_summary", tensor=tensor, metadata=plugin("text"))


def plugin(name, content=b""):
    return summary_pb2.SummaryMetadata(plugin_data=summary_pb2.SummaryMetadata.PluginData(plugin_name=name, content=content))


def hparams(t, tag, **fields):
    content = plugin_data_pb2.HParamsPluginData(**fields).SerializeToString(deterministic=True)
    value(t, 0, tag=tag, metadata=plugin("hparams", content))


value(1.5, 100, tag="train/loss", simple_value=0.25)
value(2.5, 101, tag="zero", simple_value=0.0)
value(3.5, 102, tag="nan", simple_value=float("nan"))
value(4.5, 103, tag="weights", histo=summary_pb2.HistogramProto(
    min=-1, max=2, num=8, sum=4, sum_squares=20, bucket_limit=[0, 1, 2], bucket=[3, 0, 5]))
text(5.5, 104, "note", "größer **is** better")
text(6.5, 105, "confusion", "| | a\\|b | c |\n|---|---|---|\n| **a\\|b** | 9 | 1 |\n| **c** | 2.5 | 8 |")
write(wall_time=7.5, step=51, session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START))

experiment = api_pb2.Experiment(time_created_secs=8.5)
start = plugin_data_pb2.SessionStartInfo(start_time_secs=8.5)
for name, kind, field, v in [
    ("augment", api_pb2.DATA_TYPE_BOOL, "bool_value", False),
    ("lr", api_pb2.DATA_TYPE_FLOAT64, "number_value", 0.125),
    ("optimizer", api_pb2.DATA_TYPE_STRING, "string_value", "Adam"),
    ("warmup", api_pb2.DATA_TYPE_FLOAT64, "number_value", 0),
    ("wide", api_pb2.DATA_TYPE_BOOL, "bool_value", True),
    ("width", api_pb2.DATA_TYPE_FLOAT64, "number_value", 64),
]:
    experiment.hparam_infos.append(api_pb2.HParamInfo(name=name, type=kind))
    setattr(start.hparams[name], field, v)
for tag in ("val/loss", "val/accuracy"):
    experiment.metric_infos.append(api_pb2.MetricInfo(name=api_pb2.MetricName(tag=tag)))
hparams(8.5, "_hparams_/experiment", experiment=experiment)
hparams(8.5, "_hparams_/session_start_info", session_start_info=start)
hparams(9.5, "_hparams_/session_end_info", session_end_info=plugin_data_pb2.SessionEndInfo(status=api_pb2.STATUS_SUCCESS, end_time_secs=9.5))
sys.stdout.buffer.write(out.getvalue())
