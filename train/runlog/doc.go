// Package runlog writes and reads the folder of a training run.
//
//	RUN/run.json       what was run: name, time, arguments, hyper-parameters
//	RUN/events.jsonl   what happened, one JSON object a line, only appended
//	RUN/images/        the pictures that events name
//
// An event has a time t (seconds since 1970), a step, an epoch, a kind and a
// tag; the rest depends on the kind:
//
//	{"t":1.7e9,"step":100,"epoch":1,"kind":"scalar","tag":"train/loss","value":0.5}
//	{…,"kind":"histogram","tag":"weights/fc1","edges":[-1,0,1],"counts":[3,5],"min":-1,"max":1,"mean":0,"std":0.4}
//	{…,"kind":"image","tag":"samples","file":"images/000100-samples.png","caption":"a seven"}
//	{…,"kind":"matrix","tag":"confusion","labels":["cat","dog"],"rows":[[9,1],[2,8]]}
//	{…,"kind":"text","tag":"note","text":"the learning rate was too high"}
//	{"t":1.7e9,"step":50,"epoch":0,"kind":"resume"}
//
// JSON has no number for NaN and the infinities: they are the strings "NaN",
// "Infinity" and "-Infinity". Usual tags of scalars are train/loss, val/loss,
// train/accuracy, val/accuracy, lr, samples_per_second and memory_bytes.
//
// The event "resume" says that the run went on from the state after that step:
// events before it whose step is larger have been superseded. [Merge] drops them.
//
// A run that was killed leaves a folder that reads: a last line that was torn is
// skipped, and cut off when [Append] goes on.
package runlog
