package onnx

// unsupported are the official cases that do not pass, with the reason.
var unsupported = map[string]string{}
