package models

// NewVGGOf makes a VGG of other widths than NewVGG's, small enough for tests.
var NewVGGOf = newVGG

// VGGStages are the stages by the number of layers.
var VGGStages = vggStages
