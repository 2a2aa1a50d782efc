// Package nn has layers, losses, and what works on a whole model.
//
// A model is a struct whose exported fields are its parameters, buffers and
// layers, and a Forward method that computes with them:
//
//	type Net struct {
//		Conv *nn.Conv2d
//		FC   *nn.Linear
//	}
//
//	func (n *Net) Forward(x *tensor.Tensor) *tensor.Tensor {
//		return n.FC.Forward(n.Conv.Forward(x).ReLU().Flatten(1, -1))
//	}
//
// There is nothing to register and nothing to embed: [Params], [StateDict],
// [Train], [To] and the others find the fields. Each tensor has the name that
// PyTorch's state dict gives it, here "conv.weight", "conv.bias", "fc.weight"
// and "fc.bias":
//
//   - A field's name is its Go name in snake case: WeightIH is weight_ih. A tag
//     gives another: `state:"weight_ih_l0"`.
//   - `state:"running_mean,buffer"` is a buffer: a tensor that is saved, but not
//     trained. Every other tensor is a parameter.
//   - `state:",inline"`, and an embedded struct, add no name of their own.
//   - `state:"_l,suffix"` adds no name either, but ends the names of the tensors
//     in it with _l, and the index in a slice: weight_ih_l0, weight_ih_l1.
//   - `state:"layer_,joined"` puts the index in a slice behind the name without a
//     dot: layer_0, layer_1.
//   - `state:"-"` is none of the model's business.
//   - The elements of slices and arrays are "0", "1", …; those of maps have
//     their keys, in order. So a []nn.Layer is PyTorch's ModuleList, a
//     map[string]nn.Layer its ModuleDict, and slices and maps of tensors are its
//     ParameterList and ParameterDict.
//   - Within a struct come the parameters, then the buffers, then the layers,
//     each in the order of the fields.
//
// One tensor in two places is one parameter with two names. A nil tensor or
// layer is not there. A tensor or layer in an unexported field would be missed
// without a word, so the walk panics there; it also panics where a layer
// contains itself.
//
// # Where to look
//
//   - Layers: [Linear], [Conv2d], [ConvTranspose2d], [Embedding], [BatchNorm2d],
//     [LayerNorm], [GroupNorm], [RMSNorm], [Dropout], [MaxPool2d], [Upsample], and an
//     activation for each of PyTorch's. [Sequential] is a chain.
//   - Sequences: [LSTM], [GRU] and [RNN], also on a [PackedSequence]; their cells.
//   - Attention: [MultiheadAttention], [Transformer] and its parts,
//     [RotaryEmbedding], [KVCache].
//   - Losses: [CrossEntropyLoss], [MSELoss], [BCEWithLogitsLoss], [CTCLoss],
//     [TripletMarginLoss] and the rest of torch.nn's.
//   - Around a layer: [WeightNorm], [SpectralNorm].
//   - Whole models: [Params], [StateDict], [LoadStateDict], [Train], [Eval], [Freeze],
//     [To], [Cast], [Apply], [Summary]; [UpdateBatchNorm] after averaging weights.
//
// docs/NN.md in the repository lists torch.nn, name by name. Package nn/init fills
// tensors with first values.
//
// # Forward
//
// A layer with one input and one output is a [Layer]. Layers of other
// signatures are plain structs, and the walk finds them too. All layers are
// pointers. Several goroutines may run Forward of one model at once, also
// Backward: gradients add up in the shared parameters.
//
// [Describe] prints a model, [Summary] runs it and counts. An error within a
// [Sequential] says in which layer.
//
// Layers and losses have PyTorch's defaults and draw their first weights as
// PyTorch does: after the same seed they are the same.
package nn
