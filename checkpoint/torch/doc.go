// Package torch reads and writes the files of PyTorch's torch.save: .pt, .pth,
// .bin, .ckpt.
//
// Reading runs nothing that a file says. The pickle in the file is read by a
// machine that knows the opcodes and the names of torch.load(weights_only=True)
// and no others, so that a file from a stranger can only be right or refused.
// Both forms of file are read: the zip archive of PyTorch 1.6 and later, and the
// legacy one before it.
//
//	f, err := torch.Open("resnet50.pth")  // reads the pickle, no elements yet
//	w, err := f.Tensor("fc.weight")       // one tensor
//	s, err := f.StateDict()               // all weights, for nn.LoadStateDict
//	v, err := f.Load()                    // all that was saved, as Go values
//
// What Python saved becomes, in Load:
//
//	dict, OrderedDict, Counter, Namespace   *Dict, in order
//	list                                    []any
//	tuple, torch.Size                       Tuple
//	set                                     Set
//	int                                     int64, or *big.Int where that is too small
//	float, complex, bool, None              float64, complex128, bool, nil
//	str, bytes and bytearray                string, []byte
//	torch.Tensor, Parameter                 *tensor.Tensor
//	torch.device                            Device
//	torch.dtype, torch.layout               Global
//
// [Write] takes these and Go's own maps and slices, and makes a file that
// torch.load(path, weights_only=True) reads, also with mmap=True.
//
//	source: torch/serialization.py and torch/_weights_only_unpickler.py of
//	PyTorch 2.15; Lib/pickletools.py of Python for the opcodes
package torch
