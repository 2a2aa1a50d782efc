// Package conformance holds facula to PyTorch's own test samples: the corpus in
// testdata was made with PyTorch 1.13.1 from its OpInfo table and holds calls
// with their results, gradients and refusals.
//
//	go test ./conformance                                 # the corpus of the repository
//	go test ./conformance -run 'TestCorpus/^cumsum$'      # one op
//	go test ./conformance -corpus DIR                     # another corpus of the same format
//	go test ./conformance -update                         # writes docs/COVERAGE.md, NN.md and OPS.md anew
//
// With -v, the last line is the sum of all:
//
//	conformance: ops P/T samples P/T gradients P/T refusals P/T
//
// T of ops is every op name in the corpus; the other totals count the calls of
// supported ops. Calls go through the adapters of the op tables, [Entries].
// What is not supported stands in [Unsupported], with a reason.
//
// A corpus is a folder of three files, each as it is or with ".gz":
// samples.jsonl and errors.jsonl, one call a line, and data.safetensors with
// the tensors that they name.
package conformance
