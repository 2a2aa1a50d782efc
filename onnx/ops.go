package onnx

import "maps"

// operators is the table of operators: those of other domains than ONNX's own
// have it before their name. Each family has a file.
func operators() map[string]opFunc {
	table := map[string]opFunc{}
	for _, family := range []map[string]opFunc{
		mathOps(), binaryOps(), activationOps(), reduceOps(), matrixOps(), constantOps(), shapeOps(), indexOps(),
		convOps(), poolOps(), normOps(), recurrentOps(), quantOps(), lossOps(), imageOps(), sequenceOps(),
		controlOps(), signalOps(), orderOps(), trainingOps(), textOps(), attentionOps(),
	} {
		maps.Copy(table, family)
	}
	return table
}
