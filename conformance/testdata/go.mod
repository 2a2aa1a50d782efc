// This file exists for one reason: a folder with its own go.mod is another
// module, so "go get github.com/facula-ml/facula" does not download the corpus
// in it (6 MB). There is no Go code here. scripts/modzip checks the result.
module github.com/facula-ml/facula/conformance/testdata

go 1.26
