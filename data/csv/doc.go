// Package csv reads tables of comma-separated values as data sets.
//
//	table, err := csv.Open("iris.csv", csv.Config{
//		Label: "species",
//		Types: map[string]csv.Type{"species": csv.Category},
//	})
//	loader := data.NewLoader(table, data.Config{BatchSize: 16, Shuffle: true})
//	names := table.Classes() // of the numbers in Y
//
// [Open] holds the whole table as two tensors. [Stream] reads a file of any
// size row by row, anew each epoch, and keeps none of it. Every error names
// the file, the line, and the column.
package csv
