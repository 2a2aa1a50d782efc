package datasets

import (
	"strconv"
	"strings"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/tensor"
)

// Iris returns Fisher's 150 flowers, which need no file: X float32 of shape
// [150, 4], IrisFeatures in centimetres; Y int64 of shape [150], the place in
// IrisClasses. They come sorted by class.
//
// source: Fisher, The use of multiple measurements in taxonomic problems, 1936,
// without the two wrong rows of the UCI repository
func Iris() *data.Tensors {
	rows := strings.Fields(irisRows)
	x, y := make([]float32, 0, 4*len(rows)), make([]int64, 0, len(rows))
	for _, row := range rows {
		fields := strings.Split(row, ",")
		for _, f := range fields[:4] {
			v, _ := strconv.ParseFloat(f, 32) // the text is ours
			x = append(x, float32(v))
		}
		class, _ := strconv.ParseInt(fields[4], 10, 64)
		y = append(y, class)
	}
	return data.NewTensors(tensor.Of(x, len(rows), 4), tensor.Of(y, len(rows)))
}

// IrisFeatures returns what the columns of Iris are.
func IrisFeatures() []string {
	return []string{"sepal length", "sepal width", "petal length", "petal width"}
}

// IrisClasses returns what the labels of Iris stand for.
func IrisClasses() []string { return []string{"setosa", "versicolor", "virginica"} }
