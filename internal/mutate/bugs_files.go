package main

// fileBugs are those of files and of what is around a training.
var fileBugs = []bug{
	{"a checkpoint whose files changed is good", "checkpoint/run/files.go", "		if hex.EncodeToString(sum.Sum(nil)) != m.Files[name].SHA256 {", "		if false {", "./checkpoint/run -run Damage|Damaged"},
	{"Fortran's order is C's", "checkpoint/npy/npy.go", "	if !a.fortran || len(a.shape) < 2 {", "	if true {", "./checkpoint/npy"},
	{"a tensor beyond its storage", "checkpoint/torch/rebuild.go", "	if at < 0 || at > int64(there) || !t.within(uint64(at), uint64(there)) {", "	if at < 0 || at > int64(there) {", "./checkpoint/torch"},
	{"halves of a 4-bit block exchanged", "checkpoint/gguf/quant.go", "		dst[i] = d * float32(int(q[i]&15)-8)", "		dst[i] = d * float32(int(q[i]>>4)-8)", "./checkpoint/gguf"},
	{"a tensor of another size than its shape's", "checkpoint/safetensors/header.go", "	case bits/8 != info.Bytes:", "	case false:", "./checkpoint/safetensors"},
	{"the position of a loader counts what was read ahead", "data/iterate.go", "	s.count()\n	return s.yield(b, err)", "	ok := s.yield(b, err)\n	s.count()\n	return ok", "./data -run State"},
	{"a merge takes the last rank first", "data/text/bpe.go", "	return q[i].rank < q[j].rank ||", "	return q[i].rank > q[j].rank ||", "./data/text"},
	{"spaces belong to the word before", "data/text/bytelevel.go", "		return n - last // the last", "		return n // the last", "./data/text"},
	{"TensorBoard's checksum is not masked", "train/tensorboard/message.go", "(c>>15 | c<<17) + 0xa282ead8", "c", "./train/tensorboard"},
	{"better is by nothing", "train/earlystop.go", "v < s.State.Best-s.MinDelta", "v < s.State.Best", "./train -run Early"},
	{"the board shows what a resumed run has lost", "train/board/runs.go", "			r.generation++\n", "", "./train/board"},
}
