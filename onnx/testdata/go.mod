// This file exists for one reason: a folder with its own go.mod is another
// module, so "go get github.com/facula-ml/facula" does not download the test
// data in it. There is no Go code here. scripts/modzip checks the result.
module github.com/facula-ml/facula/onnx/testdata

go 1.26
