package csv_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/facula-ml/facula/data/csv"
	"github.com/facula-ml/facula/tensor"
)

func Example() {
	file := strings.NewReader("weight,color,fruit\n150,red,apple\n120,yellow,lemon\n,red,cherry\n140,yellow,apple\n")
	table, err := csv.Read(file, csv.Config{
		Label:   "fruit",
		Types:   map[string]csv.Type{"fruit": csv.Category, "color": csv.Category},
		Values:  map[string][]string{"color": {"red", "yellow"}},
		Missing: csv.Skip,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(table.Len(), "rows of", table.Columns())
	row, err := table.At(1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tensor.Slice[float32](row.X), table.Classes()[row.Y.Int()])

	_, err = csv.Read(strings.NewReader("weight\n150\nheavy\n"), csv.Config{})
	fmt.Println(err)
	// Output:
	// 3 rows of [weight color=red color=yellow]
	// [120 0 1] lemon
	// csv: line 3, column "weight": "heavy" is not a number of float32
}
