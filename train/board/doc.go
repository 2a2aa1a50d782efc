// Package board serves a page that shows training runs while they run: curves of
// one or many, hyper-parameters, confusion matrices, sample images, histograms.
// It reads the folders that package train/runlog writes, and needs nothing else:
// the page is in the binary and loads nothing from outside.
//
//	http.ListenAndServe("localhost:6060", board.Handler("runs"))
//
// The command is facula board.
package board
