package recipe

import _ "embed"

// Example is a recipe with comments: MNIST to 99 %.
//
//go:embed example.toml
var Example string
